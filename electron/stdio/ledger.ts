/** What the endpoint must remember of its client's lines, so that none is lost or answered twice when the core goes away. */
import { isUtf8 } from 'node:buffer';
import { idKeyOf, memberOf, readEnvelope, type Message } from '../../shared/envelope.ts';

/** A request that the core took with it. */
export interface LostRequest {
  /** The id's text as the client wrote it. */
  readonly id: string;
}

export interface Ledger {
  /** Notes a line of the client. @returns its sequence number */
  add(line: Buffer): number;
  /** The line has left for the core. */
  sent(seq: number): void;
  settle(seq: number): void;
  retain(seq: number): void;
  release(seq: number): void;
  /** The core is gone: forgets what was sent to it. @returns the requests among that which nobody will answer now */
  loseCore(): LostRequest[];
  /** Gives up on what waits for a core. @returns the requests among it */
  loseWaiting(): LostRequest[];
  /** What the client has set up under earlier cores, in its order. */
  retained(): Iterable<[seq: number, line: Buffer]>;
  /** What no core was sent yet, in the client's order. */
  waiting(): [seq: number, line: Buffer][];
}

interface Entry {
  readonly line: Buffer;
  sent: boolean;
  /** How many cores it was lost with. */
  losses: number;
}

/** Without an effect to repeat; and a client that is told "error" here gives up for good. */
const sentAgain = new Set(['initialize', 'notifications/initialized']);
/** A core that ends each time it gets such a line will do so with the next one too. */
const maxLosses = 3;

export function createLedger(): Ledger {
  /** Lines that the core has not settled, and ones to be replayed; oldest first. */
  const open = new Map<number, Entry>();
  const kept = new Map<number, Buffer>();
  let last = 0;

  const lose = (affected: (entry: Entry) => boolean): LostRequest[] => {
    const requests = new Map<string, LostRequest>();
    for (const [seq, entry] of open) {
      if (!affected(entry)) continue;
      const message = messageOf(entry.line);
      if (entry.sent && sentAgain.has(message?.method ?? '') && entry.losses < maxLosses) {
        entry.sent = false;
        entry.losses += 1;
        kept.delete(seq);
        continue;
      }
      open.delete(seq);
      if (message?.kind === 'request' && message.idKey !== undefined) {
        requests.set(message.idKey, { id: message.id ?? 'null' });
      }
      const cancelled = message?.method === 'notifications/cancelled' ? cancelledKey(message) : undefined;
      if (cancelled !== undefined) requests.delete(cancelled);
    }
    return [...requests.values()];
  };

  return {
    add(line) {
      last += 1;
      open.set(last, { line, sent: false, losses: 0 });
      return last;
    },
    sent(seq) {
      const entry = open.get(seq);
      if (entry !== undefined) entry.sent = true;
    },
    settle: (seq) => void open.delete(seq),
    retain(seq) {
      const line = open.get(seq)?.line;
      // A copy: it may stay for hours, and must not keep alive the whole chunk that it was cut from.
      if (line !== undefined) kept.set(seq, Buffer.from(line));
    },
    release: (seq) => void kept.delete(seq),
    loseCore: () => lose((entry) => entry.sent),
    loseWaiting: () => lose((entry) => !entry.sent),
    retained: () => kept,
    waiting: () => [...open].filter(([, entry]) => !entry.sent).map(([seq, { line }]) => [seq, line]),
  };
}

function messageOf(line: Buffer): Message | undefined {
  if (!isUtf8(line)) return undefined;
  const reading = readEnvelope(line);
  return reading.status === 'message' ? reading.message : undefined;
}

function cancelledKey({ bytes, body }: Message): string | undefined {
  const id = memberOf(bytes, body, 'requestId');
  return id === undefined ? undefined : idKeyOf(bytes, id);
}
