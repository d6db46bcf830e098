/** The token that requests carry now, and from when on something has to be done before they do. */
import type { Clock } from '../runtime/clock.ts';
import { AccessToken, renewalDueAt } from './access-token.ts';
import { isRenewable, presentedToken, type TokenRecord } from './token-record.ts';

export class PresentedToken {
  readonly #clock: Clock;
  #token: AccessToken | undefined;
  /** By the clock's `now`. */
  #dueAt = Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get token(): AccessToken | undefined {
    return this.#token;
  }

  /** The token, where nothing has to be done first. */
  usable(): AccessToken | undefined {
    return this.#clock.now() < this.#dueAt ? this.#token : undefined;
  }

  /** There are newer tokens, which have to be saved first. */
  hold(): void {
    this.#dueAt = 0;
  }

  use(record: TokenRecord, origin: AccessToken['origin']): AccessToken {
    const { scheme, issuedAt, expiresAt } = record;
    const dpopKey = scheme === 'DPoP' ? record.dpopKey : undefined;
    const value = presentedToken(record);
    const before = this.#token;
    // Kept where nothing newer came to present: what was refused must not look like another one.
    const token = before?.value === value ? before : new AccessToken({ value, dpopKey, origin });
    this.#token = token;
    this.#dueAt = isRenewable(record) ? renewalDueAt(issuedAt, expiresAt) : Infinity;
    return token;
  }

  clear(): void {
    this.#token = undefined;
    this.#dueAt = Infinity;
  }
}
