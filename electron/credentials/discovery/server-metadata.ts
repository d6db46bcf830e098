/** What an authorization server says about itself, checked before anything of it is used (RFC 8414, OIDC Discovery). */
import type { AuthorizationServer } from 'oauth4webapi';
import { z } from 'zod';
import { browserUrl, readDiscoveredUrl } from './discovered-url.ts';
import { malformed, readDocument, refusal, type Reach } from './document.ts';

const strings = z.array(z.string()).optional();

/** What we and openid-client act on; the rest is dropped. */
const document = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string().optional(),
  token_endpoint: z.string().optional(),
  registration_endpoint: z.string().optional(),
  revocation_endpoint: z.string().optional(),
  device_authorization_endpoint: z.string().optional(),
  pushed_authorization_request_endpoint: z.string().optional(),
  userinfo_endpoint: z.string().optional(),
  jwks_uri: z.string().optional(),
  scopes_supported: strings,
  response_types_supported: strings,
  grant_types_supported: strings,
  token_endpoint_auth_methods_supported: strings,
  token_endpoint_auth_signing_alg_values_supported: strings,
  revocation_endpoint_auth_methods_supported: strings,
  code_challenge_methods_supported: strings,
  id_token_signing_alg_values_supported: strings,
  dpop_signing_alg_values_supported: strings,
  authorization_response_iss_parameter_supported: z.boolean().optional(),
  client_id_metadata_document_supported: z.boolean().optional(),
  require_pushed_authorization_requests: z.boolean().optional(),
});

/** Where requests go, codes and tokens in them. */
const endpoints = [
  'token_endpoint',
  'registration_endpoint',
  'revocation_endpoint',
  'device_authorization_endpoint',
  'pushed_authorization_request_endpoint',
  'userinfo_endpoint',
  'jwks_uri',
] as const;

/**
 * @param issuer as the container's metadata names it
 * @returns undefined when it publishes none
 * @throws FairleadError discovery_refused, discovery_failed, and what the guarded fetch throws
 */
export async function readServerMetadata(
  issuer: string,
  reach: Reach,
): Promise<AuthorizationServer | undefined> {
  const reading = readDiscoveredUrl(issuer, reach.configured);
  if (reading.status === 'refused' || reading.url.search !== '')
    throw refusal('The container names an authorization server at an address that cannot be used.');
  for (const place of placesOf(reading.url)) {
    const json = await readDocument(place, reach);
    if (json === undefined) continue;
    const server = checked(json, reach);
    // RFC 8414 §3.3: or one server could pass as another, and be given its codes (mix-up). As the library compares.
    if (!URL.canParse(server.issuer) || new URL(server.issuer).href !== reading.url.href) throw otherIssuer();
    return server;
  }
  return undefined;
}

/**
 * For containers without metadata of their own (MCP 2025-03-26): the container's origin is its authorization server.
 * Its `issuer` may be any URL of that origin, as the path is not known before.
 */
export async function readOwnServerMetadata(
  url: URL,
  reach: Reach,
): Promise<AuthorizationServer | undefined> {
  for (const place of placesOf(new URL(url.origin))) {
    const json = await readDocument(place, reach);
    if (json === undefined) continue;
    const server = checked(json, reach);
    const reading = readDiscoveredUrl(server.issuer, reach.configured);
    if (reading.status === 'refused' || reading.url.origin !== url.origin) throw otherIssuer();
    return server;
  }
  return undefined;
}

/** Where a server of MCP 2025-03-26 without any metadata has its endpoints. */
export function defaultServer({ origin }: URL): AuthorizationServer {
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/authorize`,
    token_endpoint: `${origin}/token`,
    registration_endpoint: `${origin}/register`,
  };
}

/** RFC 8414 with the path inserted, OIDC with the path inserted (RFC 8414 §5), OIDC with the path before. */
function placesOf({ origin, pathname }: URL): Set<string> {
  const path = pathname.replace(/\/$/, '');
  return new Set([
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}/.well-known/openid-configuration${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ]);
}

function checked(json: unknown, { configured }: Reach): AuthorizationServer {
  const { success, data } = document.safeParse(json);
  if (!success) throw malformed();
  const clean = { ...data };
  for (const name of endpoints)
    clean[name] = cleaned(data[name], (text) => readDiscoveredUrl(text, configured));
  clean.authorization_endpoint = cleaned(data.authorization_endpoint, (text) => browserUrl(text, configured));
  return Object.fromEntries(
    Object.entries(clean).filter(([, value]) => value !== undefined),
  ) as AuthorizationServer;
}

function cleaned(
  text: string | undefined,
  read: (text: string) => ReturnType<typeof readDiscoveredUrl>,
): string | undefined {
  if (text === undefined) return undefined;
  const reading = read(text);
  if (reading.status === 'ok') return reading.url.href;
  throw refusal(
    `An endpoint of the authorization server has an address that cannot be used. ${reading.problem}`,
  );
}

function otherIssuer() {
  return refusal(
    'The authorization server passes for another one: its metadata names a different issuer.',
    'Do not sign in to this container. If it is yours, make the issuer in its metadata and that of its authorization server the same.',
  );
}
