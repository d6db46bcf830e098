/** Calls between two rounds: what happens when their client comes back, by the `requestState` that it then brings. */
import { randomUUID } from 'node:crypto';
import type { Message } from '../../../shared/envelope.ts';

/** For a person to answer, and their client to come back. */
const holdMs = 10 * 60_000;

export interface HeldRound {
  /** The client's next round. @returns what it is answered */
  goOn(request: Message, signal: AbortSignal): Promise<Message>;
  /** Nobody came back. */
  abandon(): void;
}

export interface HeldRounds {
  /** @returns the state to give out */
  hold(round: HeldRound): string;
  /** Takes the round out, so that it is gone on with once; undefined: there is none (any more). */
  take(state: string): HeldRound | undefined;
  abandonAll(): void;
}

export function createHeldRounds(): HeldRounds {
  const rounds = new Map<string, { readonly round: HeldRound; readonly timer: NodeJS.Timeout }>();
  const take = (state: string): HeldRound | undefined => {
    const found = rounds.get(state);
    rounds.delete(state);
    clearTimeout(found?.timer);
    return found?.round;
  };
  return {
    hold(round) {
      // Of an earlier core it must be none of this one's.
      const state = randomUUID();
      const timer = setTimeout(() => take(state)?.abandon(), holdMs).unref();
      rounds.set(state, { round, timer });
      return state;
    },
    take,
    abandonAll() {
      for (const state of [...rounds.keys()]) take(state)?.abandon();
    },
  };
}
