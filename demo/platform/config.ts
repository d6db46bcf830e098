/** What the authorization server does and does not: oidc-provider's configuration, and nothing else. */
import { errors, type ClientMetadata, type Configuration } from 'oidc-provider';
import { platformApi } from '../../shared/platform.ts';
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
    adapter: createOidcAdapter(parts.records),
    jwks: parts.keys,
    clients: parts.clients,
    clientDefaults: {
      // Whoever registers is a program on a person's machine with a loopback redirect, unless it says otherwise.
      application_type: 'native',
      grant_types: ['authorization_code', 'refresh_token'],
    },
    scopes: ['openid', 'offline_access', ...resourceScopes],
    claims: { openid: ['sub', 'email'] },
    responseTypes: ['code'],
    pkce: { required: () => true },
    cookies: {
      keys: [parts.cookieSecret],
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
    renderError: showError,
    // Every sign-in is a grant of its own: signing out of one container leaves the others as they are.
    loadExistingGrant: ({ oidc }) => {
      const grantId = oidc.result?.consent?.grantId;
      return grantId === undefined ? undefined : oidc.provider.Grant.find(grantId);
    },
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

    // Nothing is fetched that a program names when it registers (jwks_uri, sector_identifier_uri): anybody may register.
    fetch: () => Promise.reject(new Error('not fetched')),

    // A program that may refresh gets to: whether the browser session goes on is another matter.
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: () => false,
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
