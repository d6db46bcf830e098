/** Listens to a container of the newer era for a client that does not know how to: again, whenever the stream ends. */
import { idKeyOf, memberOf, type Message } from '../../../shared/envelope.ts';
import { delay } from '../../runtime/clock.ts';
import { ownRequest } from '../splice.ts';

const firstPauseMs = 1_000;
const longestPauseMs = 30_000;

interface Followed {
  /** Resolves once changes can be heard; with the container's error where it refuses to tell of them. */
  readonly begun: Promise<Message | undefined>;
  close(): void;
}

/**
 * @param listen sends one `subscriptions/listen` and calls back when the container has taken it; resolves with the
 *   answer, which is its end, and rejects where there will be none
 */
function follow(listen: (signal: AbortSignal, onTaken: () => void) => Promise<Message>): Followed {
  const controller = new AbortController();
  const { signal } = controller;
  let begin: (refusal?: Message) => void = () => undefined;
  const begun = new Promise<Message | undefined>((resolve) => {
    begin = resolve;
  });

  const run = async () => {
    const past = { failures: 0, wasTaken: false };
    while (!signal.aborted) {
      const onTaken = () => {
        past.failures = 0;
        past.wasTaken = true;
        begin();
      };
      const answer = await listen(signal, onTaken).catch(() => undefined);
      // One that has told of them before does not now, while it is replaced, say.
      if (answer?.failed === true && !past.wasTaken) {
        begin(answer);
        return;
      }
      past.failures += 1;
      await delay(Math.min(firstPauseMs * 2 ** (past.failures - 1), longestPauseMs), signal).catch(
        () => undefined,
      );
    }
  };
  void run().finally(() => begin());
  return { begun, close: () => controller.abort() };
}

export interface Subscriptions {
  /** Listens for what `filter` (JSON) names, in place of what was listened for under this name. */
  open(name: string, filter: string): Promise<Message | undefined>;
  close(name: string): void;
  closeAll(): void;
  /** Takes a container's `notifications/subscriptions/acknowledged`. */
  acknowledge(message: Message): void;
}

/** @param deps.exchange sends a request of ours, and resolves with its answer */
export function createSubscriptions(deps: {
  ownId: () => string;
  exchange: (request: Message, signal: AbortSignal) => Promise<Message>;
}): Subscriptions {
  const { ownId, exchange } = deps;
  const followed = new Map<string, Followed>();
  /** Whose beginning is waited for, by their id. */
  const asked = new Map<string, () => void>();

  const close = (name: string) => {
    followed.get(name)?.close();
    followed.delete(name);
  };
  const listen = async (filter: string, signal: AbortSignal, onTaken: () => void): Promise<Message> => {
    const request = ownRequest(ownId(), 'subscriptions/listen', `{"notifications":${filter}}`);
    const key = request.idKey ?? '';
    asked.set(key, onTaken);
    try {
      return await exchange(request, signal);
    } finally {
      asked.delete(key);
    }
  };

  return {
    open(name, filter) {
      close(name);
      const one = follow((signal, onTaken) => listen(filter, signal, onTaken));
      followed.set(name, one);
      return one.begun;
    },
    close,
    closeAll() {
      for (const name of [...followed.keys()]) close(name);
    },
    acknowledge({ bytes, body }) {
      const meta = memberOf(bytes, body, '_meta');
      const id = memberOf(bytes, meta, 'io.modelcontextprotocol/subscriptionId');
      asked.get((id && idKeyOf(bytes, id)) ?? '')?.();
    },
  };
}
