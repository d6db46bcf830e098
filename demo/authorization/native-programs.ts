/** What the demo's authorization servers do alike, as oidc-provider is told it: theirs are programs on people's machines. */
import type { Configuration, ResourceServer } from 'oidc-provider';

/** Whoever registers is a program on a person's machine with a loopback redirect, unless it says otherwise. */
export const nativeClients = {
  application_type: 'native',
  grant_types: ['authorization_code', 'refresh_token'],
} as const;

/** @param cookieSecret signs what the person's browser keeps */
export function forNativePrograms(cookieSecret: string) {
  return {
    responseTypes: ['code'],
    pkce: { required: () => true },
    cookies: {
      keys: [cookieSecret],
      long: { httpOnly: true, sameSite: 'lax', signed: true },
      short: { httpOnly: true, sameSite: 'lax', signed: true },
    },
    routes: {
      authorization: '/authorize',
      jwks: '/.well-known/jwks.json',
      registration: '/register',
      revocation: '/revoke',
    },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    // Each sign-in is a grant of its own: that a person let one program in says nothing of the next (confused deputy),
    // and signing out of one container leaves the others as they are.
    loadExistingGrant: ({ oidc }) => {
      const grantId = oidc.result?.consent?.grantId;
      return grantId === undefined ? undefined : oidc.provider.Grant.find(grantId);
    },
    // Nothing is fetched that a program names when it registers (jwks_uri, sector_identifier_uri): anybody may register.
    fetch: () => Promise.reject(new Error('not fetched')),
    // A program that may refresh gets to: whether the browser session goes on is another matter.
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: () => false,
  } satisfies Configuration;
}

export const nativeFeatures = {
  devInteractions: { enabled: false },
  userinfo: { enabled: false },
  rpInitiatedLogout: { enabled: false },
  pushedAuthorizationRequests: { enabled: false },
  dPoP: { enabled: true },
  registration: { enabled: true },
  revocation: {
    enabled: true,
    allowedPolicy: (_context, client, token) => token.clientId === client.clientId,
  },
} satisfies Configuration['features'];

/** Tokens for `resource` are JWTs that only it takes (RFC 9068). */
export function jwtsFor(
  resource: string,
  { scopes, seconds }: { scopes: readonly string[]; seconds: number },
): ResourceServer {
  return {
    scope: scopes.join(' '),
    audience: resource,
    accessTokenTTL: seconds,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'ES256' } },
  };
}
