/** What the authorization server does and does not: oidc-provider's configuration, and nothing else. */
import { errors, type ClientMetadata, type Configuration } from 'oidc-provider';
import { platformApi } from '../../shared/platform.ts';
import { forNativePrograms, nativeClients, nativeFeatures } from '../authorization/native-programs.ts';
import type { Accounts } from './accounts.ts';
import { showDeviceCodeForm, showDeviceConfirmation, showDeviceDone } from './interactions/device.ts';
import { showError } from './interactions/error.ts';
import type { SigningKeys } from './keys.ts';
import { createOidcAdapter } from './oidc-adapter.ts';
import type { OidcRecords } from './oidc-records.ts';
import {
  containerFor,
  describeResource,
  extendToContainer,
  resourceScopes,
  type ContainerDirectory,
} from './resources.ts';

export interface PlatformParts {
  readonly issuer: string;
  readonly accounts: Accounts;
  readonly containers: ContainerDirectory;
  readonly records: OidcRecords;
  readonly keys: SigningKeys;
  readonly clients: readonly ClientMetadata[];
  readonly accessTokenSeconds: number;
  /** Signs cookies: a session outlives the process. */
  readonly cookieSecret: string;
}

/** Of all that is signed, an ID token lives longest. */
export const idTokenSeconds = 60 * 60;

const day = 24 * 60 * 60;

export function createConfiguration(parts: PlatformParts): Configuration {
  const { issuer, accounts, containers, accessTokenSeconds } = parts;
  const api = platformApi(issuer);

  return {
    ...forNativePrograms(parts.cookieSecret),
    adapter: createOidcAdapter(parts.records),
    jwks: parts.keys,
    clients: parts.clients,
    clientDefaults: nativeClients,
    scopes: ['openid', 'offline_access', ...resourceScopes],
    claims: { openid: ['sub', 'email'] },
    renderError: showError,
    async findAccount(_context, id) {
      const account = await accounts.byId(id);
      if (account === undefined) return undefined;
      return { accountId: id, claims: () => ({ sub: id, email: account.email }) };
    },
    async extraTokenClaims(_context, token) {
      if (token.kind !== 'AccessToken' || typeof token.aud !== 'string') return undefined;
      const container = await containerFor(containers, { resource: token.aud, userId: token.accountId });
      return container === undefined ? undefined : { container_id: container.id };
    },

    async rotateRefreshToken(context) {
      await extendToContainer(context, { api, directory: containers });
      return true;
    },
    ttl: {
      AccessToken: accessTokenSeconds,
      AuthorizationCode: 60,
      DeviceCode: 10 * 60,
      IdToken: idTokenSeconds,
      Interaction: 30 * 60,
      RefreshToken: 30 * day,
      // Longer than any chain of refresh tokens should be idle: it is these that end a sign-in.
      Grant: 365 * day,
      Session: 14 * day,
      ClientCredentials: accessTokenSeconds,
    },

    features: {
      ...nativeFeatures,
      clientCredentials: { enabled: parts.clients.some(isMachine) },
      deviceFlow: {
        enabled: true,
        userCodeInputSource: showDeviceCodeForm,
        userCodeConfirmSource: showDeviceConfirmation,
        successSource: showDeviceDone,
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_context, _client, oneOf) => {
          if (oneOf === undefined || oneOf.includes(api)) return api;
          throw new errors.InvalidTarget('say which resource the token is for');
        },
        useGrantedResource: () => true,
        getResourceServerInfo: (_context, resource) => describeResource(resource, accessTokenSeconds),
      },
    },
  };
}

function isMachine({ grant_types: grants = [] }: ClientMetadata): boolean {
  return grants.includes('client_credentials');
}
