/** Containers whose server has shown a key that is none of their pins: nothing goes there until the person has decided. */
import { PinMismatch } from '../../shared/errors.ts';
import type { Send } from '../credentials/exchange.ts';

export interface PinStops {
  /** @returns sends as `send` does until a pin does not match, and from then on rejects at once, with that error */
  guard(container: string, send: Send): Send;
  /** What has stopped the container. */
  reason(container: string): PinMismatch | undefined;
  /** Lets requests through again: each handshake is checked as before. */
  lift(container: string): void;
  /** @returns the function that ends it */
  onStop(listener: (container: string, reason: PinMismatch) => void): () => void;
}

export function createPinStops(): PinStops {
  const stopped = new Map<string, PinMismatch>();
  const listeners = new Set<(container: string, reason: PinMismatch) => void>();

  const noted = (container: string, thrown: unknown): unknown => {
    if (thrown instanceof PinMismatch && !stopped.has(container)) {
      stopped.set(container, thrown);
      for (const listener of [...listeners]) listener(container, thrown);
    }
    return thrown;
  };

  return {
    guard: (container, send) => (request) => {
      const reason = stopped.get(container);
      if (reason !== undefined) return Promise.reject(reason);
      return send(request).catch((thrown: unknown) => {
        throw noted(container, thrown);
      });
    },
    reason: (container) => stopped.get(container),
    lift: (container) => void stopped.delete(container),
    onStop(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
