/** How long an issuer that has no answer now is left alone: longer each time, and as long as it asks for. */
import { issuerUnavailable } from './sign-in/grant-failure.ts';
import type { Clock } from '../runtime/clock.ts';

const firstMs = 1_000;
const longestMs = 60_000;

export class Pause {
  readonly #clock: Clock;
  #failures = 0;
  #until = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @throws FairleadError token_endpoint_unavailable while it lasts */
  check(): void {
    if (this.#clock.elapsed() < this.#until) throw issuerUnavailable();
  }

  extend(retryAfterMs?: number): void {
    const pauseMs = Math.min(retryAfterMs ?? firstMs * 2 ** this.#failures, longestMs);
    this.#failures += 1;
    this.#until = this.#clock.elapsed() + pauseMs;
  }

  end(): void {
    this.#failures = 0;
    this.#until = 0;
  }
}
