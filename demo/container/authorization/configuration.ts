/** What the container's authorization server does and does not: oidc-provider's configuration. */
import { randomBytes } from 'node:crypto';
import type { JWK } from 'jose';
import { errors, type Configuration } from 'oidc-provider';
import {
  forNativePrograms,
  jwtsFor,
  nativeClients,
  nativeFeatures,
} from '../../authorization/native-programs.ts';
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
    ...forNativePrograms(randomBytes(32).toString('base64url')),
    adapter: createRecords(),
    jwks: { keys: [...keys] },
    clientDefaults: {
      ...nativeClients,
      token_endpoint_auth_method: 'none',
      id_token_signed_response_alg: 'ES256',
    },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    scopes: ['openid', 'offline_access', ...containerScopes],
    findAccount: (_context, id) => {
      const person = people.byId(id);
      return person === undefined ? undefined : { accountId: id, claims: () => ({ sub: id }) };
    },
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
      ...nativeFeatures,
      resourceIndicators: {
        enabled: true,
        defaultResource: () => endpoints[0] ?? '',
        useGrantedResource: () => true,
        getResourceServerInfo(_context, resource) {
          if (!endpoints.includes(resource))
            throw new errors.InvalidTarget('this server lets into itself only');
          return jwtsFor(resource, { scopes: containerScopes, seconds: accessTokenSeconds });
        },
      },
    },
  };
}
