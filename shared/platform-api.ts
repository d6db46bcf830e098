/** The platform's API as both of its ends know it (docs/platform-api.md): what is sent, and what is answered. */
import { z } from 'zod';
import { containerName, pin } from './container.ts';
import { isLoopback } from './loopback.ts';
import { platformApi } from './platform.ts';

export const containerStatus = z.enum([
  /** External: the platform knows where it is, and no more. */
  'registered',
  /** Hosted, and not running: the next call to it, or `start`, wakes it. */
  'sleeping',
  'starting',
  'running',
  'stopping',
  /** It did not start, or ended by itself. The next call tries again. */
  'failed',
]);
export type ContainerStatus = z.infer<typeof containerStatus>;

export const containerAuthMethod = z.enum(['mtls', 'platform_token', 'api_key']);

/** A row of `containers`. */
export const containerRow = z.object({
  id: z.string(),
  user_id: z.string(),
  name: z.string(),
  type: z.enum(['hosted', 'external']),
  /** Of an external one its URL; of a hosted one its name inside the platform, where only the gateway reaches it. */
  mcp_endpoint: z.string(),
  auth_method: containerAuthMethod,
  public_key_fingerprint: z.string().nullable(),
  status: containerStatus,
});
export type ContainerRow = z.infer<typeof containerRow>;

/** Where a hosted container is reached from outside, and the audience of the tokens for it. */
export function gatewayEndpoint(issuer: string, containerId: string): string {
  return `${platformApi(issuer)}/c/${containerId}/mcp`;
}

/** Exactly what a token is asked for, so without what a resource may not have (RFC 8707 §2) or a URL is not sent with. */
const externalEndpoint = z
  .url({ protocol: /^https?$/, normalize: true })
  .max(2_000)
  .refine(
    (text) => {
      const [, scheme, host = ''] = /^(https?):\/\/([^\s/?#@\\]+?)(?::\d+)?\/[^\s?#\\]*$/i.exec(text) ?? [];
      return scheme === 'https' || (scheme === 'http' && isLoopback(host));
    },
    { error: 'An endpoint is an https URL (http on this machine) without user name, query and fragment.' },
  );

const external = {
  name: containerName,
  mcp_endpoint: externalEndpoint,
  auth_method: containerAuthMethod,
  public_key_fingerprint: pin.nullable(),
};

/** `POST /containers`. */
export const newContainer = z.discriminatedUnion('type', [
  z.strictObject({
    ...external,
    type: z.literal('external').default('external'),
    auth_method: containerAuthMethod.default('platform_token'),
    public_key_fingerprint: pin.nullable().default(null),
  }),
  z.strictObject({ type: z.literal('hosted'), name: containerName }),
]);
export type NewContainer = z.infer<typeof newContainer>;

/** `PATCH /containers/:id`. Of a hosted one only the name is the user's to change. */
export const containerChanges = z
  .strictObject(external)
  .partial()
  .refine((changes) => Object.keys(changes).length > 0, { error: 'Say what to change.' });
export type ContainerChanges = z.infer<typeof containerChanges>;

/** `data` of an event at `GET /events`; the event's name is the key, its id what `Last-Event-ID` resumes after. */
export const containerEvent = z.enum(['container.created', 'container.updated', 'container.removed']);
export type ContainerEvent = z.infer<typeof containerEvent>;

/** The header of `GET /containers` that says which events its list already has in it. */
export const lastEventHeader = 'Last-Event-ID';

/** `POST /containers/:id/certificates`: a PKCS#10 request in PEM. What it asks for besides its key is not looked at. */
export const certificateRequest = z.strictObject({ csr: z.string().max(16_384) });

export const issuedCertificate = z.object({
  /** PEM. */
  certificate: z.string(),
  /** PEM, from the one that signed the certificate up to the root. */
  ca_chain: z.string(),
  not_after: z.iso.datetime(),
});
export type IssuedCertificate = z.infer<typeof issuedCertificate>;

export const tokenScope = z.enum(['mcp:tools', 'mcp:resources', 'data:read']);
export type TokenScope = z.infer<typeof tokenScope>;

const longestTokenDays = 365;

/** `POST /tokens`. */
export const newToken = z.strictObject({
  name: z.string().trim().min(1).max(100),
  scopes: z
    .array(tokenScope)
    .min(1)
    .transform((scopes) => [...new Set(scopes)]),
  expires_in_days: z.int().min(1).max(longestTokenDays).default(90),
  issued_for: z.enum(['platform_harness', 'user_direct']).default('user_direct'),
});
export type NewToken = z.infer<typeof newToken>;

/** A row of `api_tokens`, without what opens anything. */
export const tokenRow = z.object({
  id: z.string(),
  user_id: z.string(),
  name: z.string(),
  scopes: z.array(tokenScope),
  expires_at: z.iso.datetime(),
  issued_for: z.enum(['platform_harness', 'user_direct']),
});
export type TokenRow = z.infer<typeof tokenRow>;

/** The answer of `POST /tokens`, the only one that has the secret in it. */
export const createdToken = tokenRow.extend({ token: z.string() });
export type CreatedToken = z.infer<typeof createdToken>;

/** RFC 9457, with what was wrong of the input. */
export const problemDetails = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
});
