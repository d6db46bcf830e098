/** Containers whose server has shown a key that is none of their pins: nothing goes there until the person has decided. */
import type { Container } from '../../shared/container.ts';
import { PinMismatch } from '../../shared/errors.ts';
import type { Send } from '../credentials/exchange.ts';

export interface PinStops {
  /** @returns sends as `send` does until a pin does not match, and from then on rejects at once, with that error */
  guard(container: Container, send: Send): Send;
  /** What has stopped the container of that name. */
  reason(name: string): PinMismatch | undefined;
  /** Lets requests through again: each handshake is checked as before. */
  lift(name: string): void;
}

interface Stop {
  /** As the container had them then: other pins are another decision. */
  readonly pins: Container['tls']['pins'];
  readonly reason: PinMismatch;
}

export function createPinStops(): PinStops {
  const stops = new Map<string, Stop>();
  return {
    guard({ name, tls: { pins } }, send) {
      return (request) => {
        const stop = stops.get(name);
        if (stop !== undefined && stop.pins === pins) return Promise.reject(stop.reason);
        return send(request).catch((thrown: unknown) => {
          if (thrown instanceof PinMismatch) stops.set(name, { pins, reason: thrown });
          throw thrown;
        });
      };
    },
    reason: (name) => stops.get(name)?.reason,
    lift: (name) => void stops.delete(name),
  };
}
