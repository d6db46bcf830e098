/** Tells the issuer that tokens are not needed any more (RFC 7009). */
import { tokenRevocation } from 'openid-client';
import type { GuardedFetch } from '../discovery/discovered.ts';
import type { TokenRecord } from '../token-record.ts';
import { clientConfiguration } from './oauth-client.ts';

/** The refresh token first: with it goes the whole grant. Never throws: signing out must not depend on an issuer. */
export async function revokeTokens(
  record: TokenRecord,
  fetch: GuardedFetch,
): Promise<'revoked' | 'not_offered' | 'failed'> {
  if (record.server.revocation_endpoint === undefined) return 'not_offered';
  try {
    const configuration = clientConfiguration({ server: record.server, client: record.client, fetch });
    const { refreshToken, accessToken } = record;
    if (refreshToken !== undefined) {
      await tokenRevocation(configuration, refreshToken.reveal(), { token_type_hint: 'refresh_token' });
    }
    await tokenRevocation(configuration, accessToken.reveal(), { token_type_hint: 'access_token' });
    return 'revoked';
  } catch {
    return 'failed';
  }
}
