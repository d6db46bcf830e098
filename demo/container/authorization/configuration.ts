/** What the container's authorization server does and does not: oidc-provider's configuration. */
import { randomBytes } from 'node:crypto';
import type { JWK } from 'jose';
import { errors, type Configuration } from 'oidc-provider';
import { containerScopes } from '../guard/protected-resource.ts';
import type { People } from './people.ts';
import { createRecords } from './records.ts';

const accessTokenSeconds = 5 * 60;
const day = 24 * 60 * 60;

export function createConfiguration(parts: {
  people: People;
  keys: readonly JWK[];
  /** What tokens can be for; the first where a program does not say. */
  endpoints: readonly string[];
}): Configuration {
  const { people, keys, endpoints } = parts;
  return {
    adapter: createRecords(),
    jwks: { keys: [...keys] },
    clientDefaults: {
      // Whoever registers is a program on a person's machine with a loopback redirect, unless it says otherwise.
      application_type: 'native',
      grant_types: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_method: 'none',
      id_token_signed_response_alg: 'ES256',
    },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    scopes: ['openid', 'offline_access', ...containerScopes],
    responseTypes: ['code'],
    pkce: { required: () => true },
    cookies: {
      keys: [randomBytes(32).toString('base64url')],
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
    // Each program is asked about anew: that the person let one in says nothing of the next (confused deputy).
    loadExistingGrant: ({ oidc }) => {
      const grantId = oidc.result?.consent?.grantId;
      return grantId === undefined ? undefined : oidc.provider.Grant.find(grantId);
    },
    findAccount: (_context, id) => {
      const person = people.byId(id);
      return person === undefined ? undefined : { accountId: id, claims: () => ({ sub: id }) };
    },
    // Nothing is fetched that a program names when it registers: anybody may register.
    fetch: () => Promise.reject(new Error('not fetched')),
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: () => false,
    rotateRefreshToken: true,
    ttl: {
      AccessToken: accessTokenSeconds,
      AuthorizationCode: 60,
      IdToken: 60 * 60,
      Interaction: 30 * 60,
      RefreshToken: 30 * day,
      Grant: 365 * day,
      Session: day,
    },
    features: {
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
      resourceIndicators: {
        enabled: true,
        defaultResource: () => endpoints[0] ?? '',
        useGrantedResource: () => true,
        getResourceServerInfo(_context, resource) {
          if (!endpoints.includes(resource))
            throw new errors.InvalidTarget('this server lets into itself only');
          return {
            scope: containerScopes.join(' '),
            audience: resource,
            accessTokenTTL: accessTokenSeconds,
            accessTokenFormat: 'jwt',
            jwt: { sign: { alg: 'ES256' } },
          };
        },
      },
    },
  };
}
