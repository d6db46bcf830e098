/** What a request to a container is sent with, and whom to ask for it. */
import type { Secret } from '../runtime/secret.ts';
import type { Challenge } from './discovery/discovered.ts';
import type { HttpRequest } from './exchange.ts';
import type { DpopKey } from './sign-in/dpop.ts';

export class AccessToken {
  readonly value: Secret;
  readonly dpopKey: DpopKey | undefined;
  /** How it came to us. A token of a `sign_in` that was never accepted must not lead to the next sign-in by itself. */
  readonly origin: 'vault' | 'refresh' | 'sign_in';
  /** Whether a container has let anything in with it. */
  accepted = false;
  /** A container that does not know DPoP takes its tokens as Bearer (RFC 9449 §7.2). */
  asBearer = false;

  constructor(of: { value: Secret; dpopKey: DpopKey | undefined; origin: AccessToken['origin'] }) {
    this.value = of.value;
    this.dpopKey = of.dpopKey;
    this.origin = of.origin;
  }
}

/** Late enough to ask an issuer seldom, early enough that the old token serves while it has no answer. */
const renewAfter = 0.75;

/** From when on a token is renewed, by the clock that `issuedAt` was taken from. Infinity for one that does not end. */
export function renewalDueAt(issuedAt: number, expiresAt = Infinity): number {
  return issuedAt + renewAfter * (expiresAt - issuedAt);
}

/** Why a request was refused. */
export interface Refusal {
  /** It was sent with; undefined: with none. */
  readonly token: AccessToken | undefined;
  readonly challenge: Challenge | undefined;
  readonly request: HttpRequest;
}

/** One container's tokens, shared by all of its clients. */
export interface TokenSource {
  /** The token to use, where nothing has to be done for it first. */
  usable(): AccessToken | undefined;
  /** The token to use, or undefined: ask without one. Throws keychain errors. */
  ready(): Promise<AccessToken | undefined>;
  /** A token newer than one that met 401. Throws sign_in_needed and whatever kept it from getting one. */
  renew(refusal: Refusal): Promise<AccessToken>;
  /** A token that may more than one that met 403 insufficient_scope. Throws as `renew` does. */
  widen(refusal: Refusal): Promise<AccessToken>;
  /** The container let a request in with this token, for the first time. */
  onAccepted(token: AccessToken): void;
  /** The container refused a token that was new. */
  onRefused(token: AccessToken): void;
}
