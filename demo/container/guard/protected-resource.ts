/** How a caller without a token finds out where to get one: protected resource metadata (RFC 9728). */
import { proofAlgorithms } from '../../tokens/dpop-proof.ts';

export const neededScope = 'mcp:tools';
export const containerScopes = [neededScope, 'mcp:resources', 'data:read'];
export const wellKnownPath = '/.well-known/oauth-protected-resource';

export interface ProtectedResource {
  /** What tokens are for: their `aud`. */
  readonly url: string;
  readonly metadataUrl: URL;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** What a token should be asked for with. */
  readonly scope: string;
  /** Whether tokens may be bound to a key (RFC 9449). */
  readonly takesProofs: boolean;
}

/** @param more.scope what to ask for, where the issuers know none of our scopes */
export function describeResource(
  url: string,
  issuers: string | readonly string[],
  more: { scope?: string; takesProofs?: boolean } = {},
): ProtectedResource {
  const { scope = neededScope, takesProofs = true } = more;
  const { origin, pathname } = new URL(url);
  return {
    url,
    // §3.1: the path comes after the well-known part, so that two containers can share a host.
    metadataUrl: new URL(`${wellKnownPath}${pathname === '/' ? '' : pathname}`, origin),
    metadata: {
      resource: url,
      resource_name: 'Demo container',
      authorization_servers: [issuers].flat(),
      scopes_supported: scope === neededScope ? [...containerScopes] : scope.split(' '),
      bearer_methods_supported: ['header'],
      ...(takesProofs && { dpop_signing_alg_values_supported: proofAlgorithms }),
    },
    scope,
    takesProofs,
  };
}

/** Paths that speak MCP, and the endpoint that each belongs to: a token for the endpoint is good for all of them. */
const endpointOf: Readonly<Record<string, string>> = { '/sse': '/sse', '/messages': '/sse' };

/** @returns the endpoint of a request to `path`, as callers name it. @param mcpUrl how they name `/mcp` */
export function besideMcp(mcpUrl: string, path: string): string {
  const endpoint = endpointOf[path] ?? '/mcp';
  // Behind a proxy something may stand before our paths, and instead of `/mcp` anything.
  return mcpUrl.endsWith('/mcp') ? mcpUrl.slice(0, -'/mcp'.length) + endpoint : mcpUrl;
}
