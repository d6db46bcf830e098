/** A real authorization server on loopback (oidc-provider 9), with pages that test/support/browser.mjs can fill in. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider, type Configuration } from 'oidc-provider';

export interface AuthorizationServer extends AsyncDisposable {
  readonly issuer: string;
  readonly provider: Provider;
  /** Token requests that were granted, by grant type, and refused, by error. */
  readonly granted: Map<string, number>;
  readonly refused: Map<string, number>;
  /** How often the sign-in page was asked for. */
  readonly signIns: () => number;
  readonly registrations: () => number;
  readonly revocations: () => number;
  /** Every token, code, verifier, client secret and assertion that it has issued or was shown. */
  readonly secrets: Set<string>;
  /** Each time a refresh token was shown to it, in milliseconds since the epoch. */
  readonly refreshes: Map<string, number[]>;
  /** Looks at each request before the provider does; true: it has answered. */
  intercept: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  /** Runs after the provider has made its answer, before it is sent: returning true loses that answer. */
  loseAnswer: ((path: string, grantType: string | undefined) => boolean) | undefined;
  /** Runs after the provider has made the answer to a refresh, which leaves when this resolves. */
  holdRefresh: (() => Promise<void>) | undefined;
}

/** Of requests to it and of its answers. */
const secretNames = [
  ...['access_token', 'refresh_token', 'id_token', 'token', 'code', 'device_code', 'code_verifier'],
  ...['client_secret', 'client_assertion', 'registration_access_token'],
];

export interface AuthorizationServerOptions {
  readonly tokenSeconds?: number;
  readonly idTokenSeconds?: number;
  readonly clients?: NonNullable<Configuration['clients']>;
  readonly dpop?: boolean;
  readonly dpopNonce?: boolean;
  readonly scopes?: string;
  /** What ID tokens say of the person besides their `sub`. */
  readonly claims?: Readonly<Record<string, string | boolean>>;
  /** Access tokens are JWTs for this API, with the claims, as Auth0's are; left out, they are opaque. */
  readonly api?: string;
  /** Takes authorization requests from the client itself alone (RFC 9126). */
  readonly pushed?: boolean;
  /** How clients may prove themselves; default: in any way. */
  readonly clientAuthMethods?: NonNullable<Configuration['clientAuthMethods']>;
}

export async function startAuthorizationServer(
  options: AuthorizationServerOptions = {},
): Promise<AuthorizationServer> {
  const { tokenSeconds = 300, dpop = false, scopes = 'mcp:tools mcp:write', pushed = false } = options;
  // What a client may ask for at most has to be known to the provider.
  const limitsClients = options.clients?.some(({ scope }) => scope !== undefined) === true;
  let handle: (request: IncomingMessage, response: ServerResponse) => void = () => undefined;
  const server: Server = createServer((request, response) => {
    if (started.intercept?.(request, response) !== true) handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const provider = new Provider(issuer, {
    clients: options.clients ?? [],
    cookies: { keys: ['test'] },
    scopes: [
      'openid',
      'offline_access',
      ...(options.api !== undefined || limitsClients ? scopes.split(' ') : []),
    ],
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...options.claims }) }),
    claims: { openid: ['sub', ...Object.keys(options.claims ?? {})] },
    conformIdTokenClaims: false,
    extraTokenClaims: () => (options.api === undefined ? undefined : { ...options.claims }),
    rotateRefreshToken: true,
    issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
    expiresWithSession: () => false,
    clientAuthMethods: options.clientAuthMethods ?? [
      'none',
      'client_secret_basic',
      'client_secret_post',
      'private_key_jwt',
    ],
    ttl: {
      AccessToken: tokenSeconds,
      IdToken: options.idTokenSeconds ?? 3600,
      ClientCredentials: tokenSeconds,
      RefreshToken: 3600,
      Grant: 3600,
      Session: 3600,
      Interaction: 600,
      DeviceCode: 600,
      AuthorizationCode: 60,
    },
    features: {
      devInteractions: { enabled: true },
      registration: { enabled: true },
      revocation: { enabled: true },
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: true },
      pushedAuthorizationRequests: { enabled: pushed, requirePushedAuthorizationRequests: pushed },
      dPoP: {
        enabled: dpop,
        ...(options.dpopNonce === true ? { nonceSecret: Buffer.alloc(32, 7), requireNonce: () => true } : {}),
      },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        ...(options.api !== undefined && { defaultResource: () => options.api ?? '' }),
        getResourceServerInfo: () => ({
          scope: scopes,
          accessTokenTTL: tokenSeconds,
          accessTokenFormat: options.api === undefined ? 'opaque' : 'jwt',
        }),
      },
    },
  });
  const granted = new Map<string, number>();
  const refused = new Map<string, number>();
  const count = (of: Map<string, number>, name: string) => of.set(name, (of.get(name) ?? 0) + 1);
  const secrets = new Set<string>();
  const refreshes = new Map<string, number[]>();
  let signIns = 0;
  let registrations = 0;
  let revocations = 0;
  provider.use(async (ctx, next) => {
    await next();
    const { params = {} } = (ctx as { oidc?: { params?: Record<string, string | undefined> } }).oidc ?? {};
    const grantType = params['grant_type'];
    for (const each of [params, (ctx.body ?? {}) as typeof params]) {
      for (const name of secretNames) if (typeof each[name] === 'string') secrets.add(each[name]);
    }
    const [, code] = /[?&]code=([^&]+)/.exec(ctx.response.get('location')) ?? [];
    if (code !== undefined) secrets.add(code);
    const shown = params['refresh_token'];
    if (shown !== undefined) refreshes.set(shown, [...(refreshes.get(shown) ?? []), Date.now()]);
    if (ctx.path === '/auth') signIns += 1;
    if (ctx.path === '/reg' && ctx.status === 201) registrations += 1;
    if (ctx.path === '/token/revocation' && ctx.status === 200) revocations += 1;
    if (ctx.path === '/token') {
      if (ctx.status === 200) count(granted, grantType ?? '');
      else count(refused, (ctx.body as { error?: string } | undefined)?.error ?? String(ctx.status));
    }
    if (shown !== undefined) await started.holdRefresh?.();
    if (started.loseAnswer?.(ctx.path, grantType) === true) ctx.req.socket.destroy();
  });
  const callback = provider.callback();
  handle = (request, response) => void callback(request, response);

  const started: AuthorizationServer = {
    issuer,
    provider,
    granted,
    refused,
    signIns: () => signIns,
    registrations: () => registrations,
    revocations: () => revocations,
    secrets,
    refreshes,
    holdRefresh: undefined,
    intercept: undefined,
    loseAnswer: undefined,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return started;
}
