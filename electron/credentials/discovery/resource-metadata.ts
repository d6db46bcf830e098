/** What a container says about itself: who it is as a resource, and who may let people in (RFC 9728). */
import { z } from 'zod';
import { malformed, readDocument, refusal, type Reach } from './document.ts';
import { readDiscoveredUrl } from './discovered-url.ts';

export interface ProtectedResource {
  /** As the container writes it. */
  readonly resource: string;
  readonly authorizationServers: readonly string[];
  readonly scopesSupported: readonly string[] | undefined;
}

const wellKnown = '/.well-known/oauth-protected-resource';

const document = z.object({
  resource: z.string(),
  authorization_servers: z.array(z.string()).optional(),
  scopes_supported: z.array(z.string()).optional().catch(undefined),
});

/**
 * @param named where the challenge says that it is
 * @returns undefined when there is none anywhere
 * @throws FairleadError discovery_refused, discovery_failed, and what the guarded fetch throws
 */
export async function readResourceMetadata(
  url: URL,
  named: string | undefined,
  reach: Reach,
): Promise<ProtectedResource | undefined> {
  for (const place of placesOf(url, named)) {
    if (place === named && readDiscoveredUrl(place, reach.configured).status === 'refused')
      throw refusal('The container names an address for its metadata that cannot be used.');
    const json = await readDocument(place, reach);
    if (json !== undefined) return checked(json, url);
  }
  return undefined;
}

/** The challenge's, then with the container's path inserted, then at the root (an extension of MCP). */
function placesOf(url: URL, named: string | undefined): Set<string> {
  const path = url.pathname === '/' ? '' : url.pathname;
  return new Set([
    ...(named === undefined ? [] : [named]),
    url.origin + wellKnown + path,
    url.origin + wellKnown,
  ]);
}

function checked(json: unknown, url: URL): ProtectedResource {
  const { success, data } = document.safeParse(json);
  if (!success) throw malformed();
  // RFC 9728 §7.3: with the metadata of another resource a server would get tokens for that one.
  if (!resourceFits(data.resource, url))
    throw refusal(
      'The metadata of the container is that of another one: its resource does not fit the address.',
    );
  return {
    resource: data.resource,
    authorizationServers: data.authorization_servers ?? [],
    scopesSupported: data.scopes_supported,
  };
}

/** Same origin, and the same path or one above it: a resource may be wider than the one address of it that we use. */
export function resourceFits(resource: string, url: URL): boolean {
  if (!/^[\x21-\x7e]+$/.test(resource) || /[\\#]/.test(resource) || !URL.canParse(resource)) return false;
  const wider = new URL(resource);
  if (wider.username !== '' || wider.password !== '' || wider.origin !== url.origin) return false;
  if (wider.search !== '') return wider.search === url.search && wider.pathname === url.pathname;
  const above = wider.pathname.replace(/\/$/, '');
  return url.pathname === above || url.pathname.startsWith(`${above}/`);
}

/** Of a container without metadata. RFC 8707 §2: no fragment, no query (it may hold a key); MCP: no lone slash. */
export function canonicalResource(url: URL): string {
  return url.origin + (url.pathname === '/' ? '' : url.pathname);
}
