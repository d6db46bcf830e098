/** What an identity provider must be able to do for mode `external`: tell its tokens, and say whose one is. */
import { containerScopes } from '../protected-resource.ts';

export interface Identity {
  /** Never changes and is given to nobody else: an account's number, not its name or e-mail. */
  readonly userId: string;
  /** Only where the provider has checked that it is theirs. */
  readonly verifiedEmail: string | undefined;
  readonly permissions: readonly string[];
  /** In seconds since the epoch, where the token says. */
  readonly expiresAt: number | undefined;
}

export interface IdentityProvider {
  readonly issuer: string;
  /** What to ask it for so that it says what we need. */
  readonly scope: string;
  /** Whether the token is of its making, as far as its look tells: no token is shown to another provider. */
  recognizes(token: string): boolean;
  /** @returns `undefined` for a token that is not good for us. Throws `connect_failed` where the provider cannot say. */
  identify(token: string): Promise<Identity | undefined>;
}

/** What somebody may who came in with a token that says nothing of our scopes. */
export const allPermissions: readonly string[] = containerScopes;

/** The `iss` of a JWT that nobody has checked yet: good for choosing who checks it, and nothing else. */
export function claimedIssuer(token: string): string | undefined {
  const [, payload = '', signature] = token.split('.');
  if (signature === undefined) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
    if (typeof claims !== 'object' || claims === null || !('iss' in claims)) return undefined;
    return typeof claims.iss === 'string' ? claims.iss : undefined;
  } catch {
    return undefined;
  }
}
