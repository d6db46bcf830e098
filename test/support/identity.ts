/** A person's own client at an identity provider, and the guard of a container that takes its ID tokens. */
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { Guard } from './sign-in-rig.ts';

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';

/** As people create it there: native, any port of the loopback address. */
export const deskClient = {
  client_id: 'desk',
  application_type: 'native' as const,
  token_endpoint_auth_method: 'none' as const,
  redirect_uris: ['http://127.0.0.1/callback'],
  grant_types: ['authorization_code', 'refresh_token', deviceGrant],
  scope: 'openid offline_access',
};

/** @param seen gets every token that was let in */
export function idTokenGuard(seen: string[] = []): Guard {
  return async (token, { issuer }) => {
    try {
      const keys = createRemoteJWKSet(new URL('/jwks', issuer));
      await jwtVerify(token, keys, { issuer, audience: deskClient.client_id });
      seen.push(token);
      return true;
    } catch {
      return false;
    }
  };
}
