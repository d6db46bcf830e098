/** Keeps a client's messages in order where it matters: what it only tells goes out before what it asks later. */
import { delay } from '../runtime/clock.ts';

/** A container that takes long to accept a notification must not hold up everything else. */
const longestHoldMs = 1_000;

export interface Turns {
  /** Sends after everything told before was accepted. */
  tell(send: () => Promise<void>): void;
  /** Runs `ask` now if nothing told before is still under way, else as soon as that was accepted. */
  ask(ask: () => void): void;
}

export function createTurns(): Turns {
  /** The last thing told; undefined when all has been accepted. */
  let tail: Promise<unknown> | undefined;

  const follow = (next: Promise<unknown>) => {
    tail = next;
    void next.then(() => {
      if (tail === next) tail = undefined;
    });
  };

  return {
    tell(send) {
      const turn = async () => {
        await Promise.race([send().catch(() => undefined), delay(longestHoldMs)]);
      };
      follow(tail === undefined ? turn() : tail.then(turn));
    },
    ask(ask) {
      if (tail === undefined) ask();
      else void tail.then(ask);
    },
  };
}
