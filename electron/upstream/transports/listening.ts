/** The stream on which a container sends what answers no request (MCP Streamable HTTP: listening for messages). */
import type { Message } from '../../../shared/envelope.ts';
import { delay } from '../../runtime/clock.ts';
import type { HttpResponse } from '../../credentials/exchange.ts';
import { mediaType, newCursor, readEvents } from './body.ts';
import type { Flow } from './flow.ts';

const firstPauseMs = 1_000;
const longestPauseMs = 30_000;

export interface ListeningTerms {
  /** Sends the GET. @param onSuperseded as in HttpRequest */
  readonly open: (
    lastEventId: string | undefined,
    signal: AbortSignal,
    onSuperseded: () => void,
  ) => Promise<HttpResponse>;
  readonly flow: Flow;
  readonly receive: (message: Message) => void;
  /** The container, which has let us listen before, does not know the remote session any more. */
  readonly onSessionLost: () => void;
}

export interface Listening {
  /** Resolves once the container's messages can be heard, or it turned out that it sends none this way. */
  readonly settled: Promise<void>;
  close(): void;
}

export function listen(terms: ListeningTerms): Listening {
  const { open, flow, receive, onSessionLost } = terms;
  const controller = new AbortController();
  const { signal } = controller;
  let settle: () => void = () => undefined;
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });

  const run = async () => {
    const cursor = newCursor();
    let failures = 0;
    let heard = false;
    while (!signal.aborted) {
      // Ended here and taken up elsewhere at once, after what was heard last.
      const moving = new AbortController();
      try {
        const either = AbortSignal.any([signal, moving.signal]);
        const response = await open(cursor.lastEventId, either, () => moving.abort());
        if (response.status !== 200 || mediaType(response) !== 'text/event-stream') {
          response.discard();
          // A first 404 says, as 405 does, that there is no such stream; a session that has just begun is not lost.
          if (response.status === 404 && heard) onSessionLost();
          if (!mayPass(response.status)) return;
          failures += 1;
        } else {
          heard = true;
          settle();
          const before = cursor.events;
          await readEvents(response, flow, { cursor, receive });
          failures = cursor.events > before ? 0 : failures + 1;
        }
      } catch {
        if (moving.signal.aborted) continue;
        failures += 1;
      }
      settle();
      const pauseMs = Math.min(firstPauseMs * 2 ** Math.max(0, failures - 1), longestPauseMs);
      await delay(Math.max(cursor.retryMs ?? 0, pauseMs), signal).catch(() => undefined);
    }
  };

  void run().finally(settle);
  return {
    settled,
    close() {
      controller.abort();
    },
  };
}

/** 409: the container has not noticed yet that our last stream broke, and allows one at a time. */
function mayPass(status: number): boolean {
  return status === 409 || status === 429 || status >= 500;
}
