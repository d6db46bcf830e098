/** The client's requests that wait for their answer: at most one answer each, none after a cancellation. */
import { idKeyOf, memberOf, textOf, type Message } from '../../shared/envelope.ts';
import { isOpenEnded } from '../../shared/era.ts';
import type { RequestObserver } from './observer.ts';

export interface InFlight {
  readonly message: Message;
  readonly observer: RequestObserver;
  /** The line's number at the endpoint. */
  readonly seq: number;
  readonly startedMs: number;
  /** Aborted to end the exchange with the container. */
  readonly controller: AbortController;
  readonly tool: string | undefined;
  readonly progressKey: string | undefined;
  /** Undefined: it may wait for ever. */
  readonly timer: NodeJS.Timeout | undefined;
}

export interface InFlightTable {
  readonly size: number;
  /** What the waiting requests hold in memory. */
  readonly bytes: number;
  has(idKey: string): boolean;
  /** @param onTimeout called when neither answer nor progress has come for the time limit */
  add(
    message: Message,
    terms: Pick<InFlight, 'seq' | 'startedMs' | 'tool' | 'observer'> & {
      onTimeout: (entry: InFlight, limitMs: number) => void;
    },
  ): InFlight;
  /** Takes the request out: whoever gets it answers it, nobody else can. */
  take(idKey: string | undefined): InFlight | undefined;
  /** The one with this id, which goes on waiting. */
  find(idKey: string | undefined): InFlight | undefined;
  /** Whether the request still waits. */
  holds(entry: InFlight): boolean;
  /** A sign of life for the request that gave this progress token. */
  renew(progressKey: string | undefined): void;
  takeAll(): InFlight[];
  /** Those whose answer is meant to stay away, and all others. */
  takeOpenEnded(): InFlight[];
  takeBounded(): InFlight[];
}

/** @param timeLimitMs of a request that begins now */
export function createInFlightTable(timeLimitMs: () => number): InFlightTable {
  const byId = new Map<string, InFlight>();
  const byProgress = new Map<string, InFlight>();
  let bytes = 0;

  const remove = (entry: InFlight) => {
    clearTimeout(entry.timer);
    bytes -= entry.message.bytes.length;
    byId.delete(entry.message.idKey ?? '');
    const { progressKey } = entry;
    if (progressKey !== undefined && byProgress.get(progressKey) === entry) byProgress.delete(progressKey);
  };

  const takeEvery = (wanted: (entry: InFlight) => boolean): InFlight[] => {
    const taken = [...byId.values()].filter(wanted);
    taken.forEach(remove);
    return taken;
  };

  return {
    get size() {
      return byId.size;
    },
    get bytes() {
      return bytes;
    },
    has: (idKey) => byId.has(idKey),
    add(message, { onTimeout, ...terms }) {
      const limitMs = timeLimitMs();
      const entry: InFlight = {
        message,
        ...terms,
        controller: new AbortController(),
        progressKey: progressKeyOf(message),
        timer: isOpenEnded(message.method) ? undefined : setTimeout(() => onTimeout(entry, limitMs), limitMs),
      };
      bytes += message.bytes.length;
      byId.set(message.idKey ?? '', entry);
      if (entry.progressKey !== undefined) byProgress.set(entry.progressKey, entry);
      return entry;
    },
    take(idKey) {
      const entry = byId.get(idKey ?? '');
      if (entry !== undefined) remove(entry);
      return entry;
    },
    find: (idKey) => byId.get(idKey ?? ''),
    holds: (entry) => byId.get(entry.message.idKey ?? '') === entry,
    renew(progressKey) {
      byProgress.get(progressKey ?? '')?.timer?.refresh();
    },
    takeAll: () => takeEvery(() => true),
    takeOpenEnded: () => takeEvery(({ timer }) => timer === undefined),
    takeBounded: () => takeEvery(({ timer }) => timer !== undefined),
  };
}

/** `params._meta.progressToken` (MCP, Progress). */
function progressKeyOf({ bytes, body }: Message): string | undefined {
  const meta = memberOf(bytes, body, '_meta');
  const token = memberOf(bytes, meta, 'progressToken');
  return token === undefined ? undefined : idKeyOf(bytes, token);
}

/** The tool of a `tools/call`. */
export function toolOf(message: Message): string | undefined {
  return message.method === 'tools/call' ? textMember(message, 'name') : undefined;
}

/** A key made of an id-like member of `params`, such as `requestId`. */
export function keyMember({ bytes, body }: Message, name: string): string | undefined {
  const span = memberOf(bytes, body, name);
  return span === undefined ? undefined : idKeyOf(bytes, span);
}

/** A text member of `params` or `result`. */
export function textMember({ bytes, body }: Message, name: string): string | undefined {
  const span = memberOf(bytes, body, name);
  return span === undefined ? undefined : textOf(bytes, span);
}
