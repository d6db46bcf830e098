/** What is kept of one sign-in: its tokens, and all that is needed to renew, present and revoke them. */
import type { AuthorizationServer } from 'oauth4webapi';
import { z } from 'zod';
import { FairleadError } from '../../shared/errors.ts';
import { Secret } from '../runtime/secret.ts';
import type { ClientRegistration, Discovered } from './discovery/discovered.ts';
import { readIdToken } from './identity/id-token.ts';
import { DpopKey } from './sign-in/dpop.ts';
import { presentsIdToken, type Granted } from './sign-in/grant.ts';

/** Tokens are bound to (account, resource, issuer); a refresh token goes only to the endpoint in here. */
export interface TokenRecord {
  readonly account: string | undefined;
  readonly resource: string;
  readonly server: AuthorizationServer;
  readonly client: ClientRegistration;
  /** Of the container's address and OAuth settings it was issued for (vault-key.ts). */
  readonly settings: string;
  /** Issued by an outside identity provider, which is sent no resource indicator. */
  readonly ofIdentity: boolean;
  readonly scheme: 'Bearer' | 'DPoP';
  readonly accessToken: Secret;
  /** Presented in the access token's place. */
  readonly idToken: Secret | undefined;
  /** A refresh brought no other ID token: when this one has ended, the person signs in. */
  readonly isLast: boolean;
  readonly refreshToken: Secret | undefined;
  readonly scope: string | undefined;
  /** Milliseconds since the epoch, by this machine's clock: advice only, as a container's 401 decides. */
  readonly issuedAt: number;
  readonly expiresAt: number | undefined;
  readonly dpopKey: DpopKey | undefined;
}

const secret = z
  .string()
  .min(1)
  .transform((text) => new Secret(text));
const endpoint = z.url({ protocol: /^https?$/ });

export const storedClient = z.object({
  issuer: z.string(),
  clientId: z.string().min(1),
  clientSecret: secret.optional(),
  authMethod: z.enum(['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt']),
  source: z.enum(['configured', 'metadata_document', 'registered']),
  redirectUri: z.string().optional(),
  secretExpiresAt: z.number().optional(),
});

const storedRecord = z.object({
  version: z.literal(1),
  account: z.string().optional(),
  resource: z.string(),
  settings: z.string(),
  server: z.object({
    issuer: z.string(),
    token_endpoint: endpoint,
    revocation_endpoint: endpoint.optional(),
  }),
  client: storedClient,
  ofIdentity: z.boolean().default(false),
  scheme: z.enum(['Bearer', 'DPoP']),
  accessToken: secret,
  idToken: secret.optional(),
  isLast: z.boolean().default(false),
  refreshToken: secret.optional(),
  scope: z.string().optional(),
  issuedAt: z.number(),
  expiresAt: z.number().optional(),
  dpopKey: z
    .string()
    .transform((jwk) => new DpopKey(new Secret(jwk)))
    .optional(),
});

/** @returns undefined for what is not a record of ours */
export function parseRecord(stored: Secret): TokenRecord | undefined {
  try {
    const record = storedRecord.parse(JSON.parse(stored.reveal()));
    const { account, refreshToken, idToken, scope, expiresAt, dpopKey } = record;
    const server = record.server as AuthorizationServer;
    if (record.client.issuer !== server.issuer) return undefined;
    return {
      ...record,
      account,
      refreshToken,
      idToken,
      scope,
      expiresAt,
      dpopKey,
      server,
      client: clientOf(record.client),
    };
  } catch {
    // The keychain is open to other programs. A zod error would quote what it was given.
    return undefined;
  }
}

/** The record as the vault keeps it. */
export function serializeRecord(record: TokenRecord): Secret {
  const { issuer, token_endpoint, revocation_endpoint } = record.server;
  return new Secret(
    JSON.stringify({
      ...record,
      version: 1,
      server: { issuer, token_endpoint, revocation_endpoint },
      client: revealedClient(record.client),
      accessToken: record.accessToken.reveal(),
      refreshToken: record.refreshToken?.reveal(),
      idToken: record.idToken?.reveal(),
      dpopKey: record.dpopKey?.jwk.reveal(),
    }),
  );
}

export function clientOf(stored: z.output<typeof storedClient>): ClientRegistration {
  return { ...stored, clientSecret: stored.clientSecret, redirectUri: stored.redirectUri };
}

/** With its secret in clear, for the vault alone. */
export function revealedClient(client: ClientRegistration): object {
  return { ...client, clientSecret: client.clientSecret?.reveal() };
}

/** What a container is shown. */
export function presentedToken({ idToken, accessToken }: TokenRecord): Secret {
  return idToken ?? accessToken;
}

/** Whether a refresh would bring another token to present. */
export function isRenewable({ refreshToken, isLast }: TokenRecord): boolean {
  return refreshToken !== undefined && !isLast;
}

/**
 * @param asked the scope that was requested: what is granted where the answer names none (RFC 6749 §5.1)
 * @throws FairleadError sign_in_failed where an ID token is wanted and there is none
 */
export function recordOfGrant(
  { tokens, client, dpopKey }: Granted,
  terms: {
    discovered: Discovered;
    account: string | undefined;
    settings: string;
    asked: string | undefined;
    nowMs: number;
  },
): TokenRecord {
  const { discovered, account, settings, asked, nowMs } = terms;
  return {
    account,
    resource: discovered.resource,
    settings,
    server: discovered.server,
    client,
    dpopKey,
    ofIdentity: discovered.identity !== undefined,
    isLast: false,
    idToken: undefined,
    ...fromTokens(tokens, nowMs),
    ...(presentsIdToken(discovered) ? fromIdToken(tokens.id_token, nowMs) : {}),
    refreshToken: tokens.refresh_token === undefined ? undefined : new Secret(tokens.refresh_token),
    scope: tokens.scope ?? asked,
  };
}

/** A refresh may leave out what stays as it is (RFC 6749 §6). */
export function renewedRecord(old: TokenRecord, tokens: Granted['tokens'], nowMs: number): TokenRecord {
  const { idToken, issuedAt, expiresAt } = old;
  const renewsIdToken = idToken !== undefined && tokens.id_token !== undefined;
  return {
    ...old,
    ...fromTokens(tokens, nowMs),
    ...(idToken && { issuedAt, expiresAt, isLast: !renewsIdToken }),
    ...(renewsIdToken ? fromIdToken(tokens.id_token, nowMs) : {}),
    refreshToken: tokens.refresh_token === undefined ? old.refreshToken : new Secret(tokens.refresh_token),
    scope: tokens.scope ?? old.scope,
  };
}

/** After a refresh for something else: nothing has changed but the refresh token, which may have been used up. */
export function rotatedRecord(old: TokenRecord, { refresh_token }: Granted['tokens']): TokenRecord {
  return refresh_token === undefined ? old : { ...old, refreshToken: new Secret(refresh_token) };
}

function fromTokens(
  tokens: Granted['tokens'],
  nowMs: number,
): Pick<TokenRecord, 'scheme' | 'accessToken' | 'issuedAt' | 'expiresAt'> {
  const { expires_in = 0 } = tokens;
  return {
    scheme: tokens.token_type.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer',
    accessToken: new Secret(tokens.access_token),
    issuedAt: nowMs,
    // Some write 0 for a token that does not run out.
    expiresAt: expires_in > 0 ? nowMs + expires_in * 1000 : undefined,
  };
}

/** Its own end counts, not that of the access token beside it. */
function fromIdToken(
  token: string | undefined,
  nowMs: number,
): Pick<TokenRecord, 'idToken' | 'issuedAt' | 'expiresAt'> {
  const read = readIdToken(token ?? '');
  if (token === undefined || read === undefined) {
    throw new FairleadError('sign_in_failed', 'The identity provider issued no ID token.', {
      help: 'Leave --scope out, or add openid to it. Where a provider has no ID tokens, use --present access.',
    });
  }
  return { idToken: new Secret(token), issuedAt: nowMs, expiresAt: nowMs + read.lifetimeMs };
}
