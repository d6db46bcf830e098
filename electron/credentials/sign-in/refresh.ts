/** Trades a refresh token for new tokens (RFC 6749 §6), so that no answer that goes astray costs more than one sign-in. */
import { refreshTokenGrant, type TokenEndpointResponse } from 'openid-client';
import { delay } from '../../runtime/clock.ts';
import type { GuardedFetch } from '../discovery/discovered.ts';
import { isSamePerson } from '../identity/id-token.ts';
import type { TokenRecord } from '../token-record.ts';
import { dpopOption } from './grant.ts';
import { grantFailure, isProofReason, type GrantFailure } from './grant-failure.ts';
import { clientConfiguration } from './oauth-client.ts';

/** Something else that a sign-in's tokens may be for (RFC 8707 §2.2). */
export interface Target {
  readonly resource: string;
  /** Undefined: all that was granted. */
  readonly scope: string | undefined;
}

export type Refreshed =
  | { readonly status: 'granted'; readonly tokens: TokenEndpointResponse }
  /** The refresh token is of no use any more. */
  | { readonly status: 'refused'; readonly reason: string | undefined }
  /** As far as is known, it is as good as before. */
  | { readonly status: 'postponed'; readonly retryAfterMs: number | undefined };

/** Issuers that rotate take the old token again for some seconds, just for an answer that was lost. */
const beforeRetryMs = 1_000;

/**
 * Goes to the token endpoint in the record, whatever the metadata says by now. Never throws.
 *
 * Where no answer comes twice, the token is kept, and shown again whenever somebody asks next. An issuer that has
 * granted it after all may take that for theft and revoke all that came of the sign-in (RFC 9700 §4.14.2). The person
 * signs in again then, as they would have to at once if it were given up here; and where the issuer was only being
 * restarted, they do not.
 * @param target left out: what the record's own tokens are for
 */
export async function refreshTokens(
  record: TokenRecord,
  fetch: GuardedFetch,
  target?: Target,
): Promise<Refreshed> {
  const { refreshToken } = record;
  if (refreshToken === undefined) return { status: 'refused', reason: undefined };
  const request = async (): Promise<GrantFailure | { kind: 'granted'; tokens: TokenEndpointResponse }> => {
    try {
      const { server, client, idToken, ofIdentity } = record;
      const keepsIdToken = idToken !== undefined;
      const configuration = clientConfiguration({ server, client, fetch, keepsIdToken });
      const dpop = await dpopOption(record.dpopKey, configuration);
      const { resource, scope } = target ?? { resource: record.resource };
      const parameters = {
        ...(ofIdentity ? {} : { resource }),
        ...(scope !== undefined && { scope }),
      };
      const tokens = await refreshTokenGrant(configuration, refreshToken.reveal(), parameters, dpop);
      const another = tokens.id_token;
      if (idToken !== undefined && another !== undefined && !isSamePerson(another, idToken.reveal()))
        return { kind: 'refused', reason: undefined };
      return { kind: 'granted', tokens };
    } catch (thrown) {
      return grantFailure(thrown);
    }
  };
  let outcome = await request();
  if (outcome.kind === 'lost' || outcome.kind === 'broken') {
    await delay(beforeRetryMs);
    outcome = await request();
  }
  switch (outcome.kind) {
    case 'granted':
      return { status: 'granted', tokens: outcome.tokens };
    case 'refused':
      // The refresh token has not been looked at: the next proof may be right, as the clock is once it was set.
      if (isProofReason(outcome.reason)) return { status: 'postponed', retryAfterMs: undefined };
      return { status: 'refused', reason: outcome.reason };
    case 'broken':
      return { status: 'refused', reason: undefined };
    case 'unavailable':
      return { status: 'postponed', retryAfterMs: outcome.retryAfterMs };
    case 'unsent':
    case 'lost':
      return { status: 'postponed', retryAfterMs: undefined };
  }
}
