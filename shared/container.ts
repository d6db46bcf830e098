/** What a container is: one remote MCP server, how to reach it and how to enter it. No type here can hold a secret. */
import { z } from 'zod';
import { platformIssuer } from './platform.ts';

export const containerName = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,62}$/i,
    'A name has 1 to 63 letters, digits, dots, dashes or underscores, and starts with a letter or digit.',
  );

/** RFC 9110 §5.6.2 token. */
const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'Not a header name.');

export const authentication = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('none') }),
  z.strictObject({
    method: z.literal('api_key'),
    /** `Authorization` sends `Bearer <secret>`; any other header carries the secret alone. */
    header: headerName.default('Authorization'),
  }),
  z.strictObject({
    /** MCP authorization: discovered, registered and authorised as the specification says. */
    method: z.literal('oauth'),
    grant: z.enum(['code', 'device']).default('code'),
    clientId: z.string().min(1).optional(),
    scope: z.string().optional(),
    /** Overrides the resource indicator (RFC 8707) that the container's metadata names. */
    resource: z.url().optional(),
    callbackPort: z.number().int().min(1).max(65_535).optional(),
    /** For issuers that support S256 without saying so. */
    assumeS256: z.boolean().optional(),
    /** For servers without metadata; they go together. */
    authorizationUrl: z.url().optional(),
    tokenUrl: z.url().optional(),
  }),
  z.strictObject({
    /** A token of an outside identity provider, presented as Bearer. */
    method: z.literal('identity'),
    /** A preset, or the issuer's URL. */
    provider: z.union([z.enum(['google', 'auth0', 'github']), z.url({ protocol: /^https?$/ })]),
    /** Of a client that the person created there. */
    clientId: z.string().min(1),
    grant: z.enum(['code', 'device']).default('code'),
    /** Which token the container gets; absent: the provider's usual one. */
    present: z.enum(['id', 'access']).optional(),
    scope: z.string().optional(),
    /** Auth0's tenant: a host name. */
    domain: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i)
      .optional(),
    /** Auth0's API, which an access token is for. */
    audience: z.string().min(1).optional(),
    callbackPort: z.number().int().min(1).max(65_535).optional(),
    assumeS256: z.boolean().optional(),
    /** In place of the provider's own: `tokenUrl`, and the one that the grant begins at. */
    authorizationUrl: z.url().optional(),
    deviceAuthorizationUrl: z.url().optional(),
    tokenUrl: z.url().optional(),
  }),
  z.strictObject({
    /** Machine to machine (RFC 6749 §4.4): a secret from the vault, or a key file (RFC 7523). */
    method: z.literal('client_credentials'),
    clientId: z.string().min(1),
    privateKey: z.string().optional(),
    scope: z.string().optional(),
    resource: z.url().optional(),
    tokenUrl: z.url().optional(),
  }),
  z.strictObject({
    /** A short-lived token of the platform, for this container alone (docs/platform-api.md). */
    method: z.literal('platform_token'),
    /** Absent: whichever platform the person is signed in to. */
    issuer: platformIssuer.optional(),
    scope: z.string().optional(),
  }),
]);
export type Authentication = z.infer<typeof authentication>;
export type IdentityAuthentication = Extract<Authentication, { method: 'identity' }>;

/** `sha256/<base64 of the SHA-256 of the server's SubjectPublicKeyInfo>` (the form of RFC 7469 §2.4). */
export const pin = z
  .string()
  .regex(/^sha256\/[A-Za-z0-9+/]{43}=$/, 'A pin looks like sha256/<44 characters of base64>.');

export const tlsSettings = z.strictObject({
  /** Files, absolute: PEM. `cert` and `key` go together (mTLS). */
  ca: z.string().optional(),
  cert: z.string().optional(),
  key: z.string().optional(),
  /** In place of the two: a PKCS#12 file, absolute. */
  pkcs12: z.string().optional(),
  /** A client certificate that the platform issues, anew each day, for a key that never leaves this machine. */
  clientCertificate: z.literal('platform').optional(),
  pins: z.array(pin).optional(),
});
export type TlsSettings = z.infer<typeof tlsSettings>;

export const transport = z.enum(['auto', 'http', 'sse']);

/** Seconds without answer or sign of progress after which a request ends. */
export const timeLimit = z.number().int().min(1).max(86_400);

export const container = z.strictObject({
  name: z.string(),
  url: z.url({ protocol: /^https?$/ }),
  transport: transport.default('auto'),
  auth: authentication,
  tls: tlsSettings.default({}),
  /** Tells several sign-ins to one URL apart. */
  account: z.string().max(200).optional(),
  /** Limit for one request, renewed by progress. */
  timeoutSeconds: timeLimit.default(120),
  /** Which of the platform account's containers it is; absent: the person added it themselves. */
  platform: z.strictObject({ id: z.string(), type: z.enum(['hosted', 'external']) }).optional(),
});
export type Container = z.infer<typeof container>;

/** Whether it is entered with the person's platform account: with its tokens, or a client certificate. */
export function byPlatform({ auth, tls }: Pick<Container, 'auth' | 'tls'>): boolean {
  return auth.method === 'platform_token' || tls.clientCertificate === 'platform';
}

/** Whether something is issued for it: such a container takes no key, and a probe must not begin a sign-in. */
export function signsIn({ auth, tls }: Pick<Container, 'auth' | 'tls'>): boolean {
  switch (auth.method) {
    case 'none':
    case 'api_key':
      return tls.clientCertificate === 'platform';
    case 'oauth':
    case 'identity':
    case 'client_credentials':
    case 'platform_token':
      return true;
  }
}

/** What probing a URL found (`fairlead add`, and the window's Add container). */
export const probeReport = z.object({
  outcome: z.enum(['mcp', 'auth_required', 'not_mcp', 'unreachable']),
  transport: transport.exclude(['auto']).optional(),
  /** The newest that the server takes of those that Fairlead knows. */
  protocolVersion: z.string().optional(),
  server: z.object({ name: z.string(), version: z.string() }).optional(),
  /** What a 401 asked for, when it said so. */
  challenge: z.enum(['bearer', 'oauth', 'other']).optional(),
  /** The print of the key that an https server shows, in the form of a pin, where nothing was pinned yet. */
  key: pin.optional(),
  elapsedMs: z.number(),
  /** One sentence for people: what was found or why nothing was. */
  summary: z.string(),
});
export type ProbeReport = z.infer<typeof probeReport>;
