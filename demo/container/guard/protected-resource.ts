/** How a caller without a token finds out where to get one: protected resource metadata (RFC 9728). */
import { proofAlgorithms } from '../../tokens/dpop-proof.ts';

export const neededScope = 'mcp:tools';
export const wellKnownPath = '/.well-known/oauth-protected-resource';

export interface ProtectedResource {
  /** What tokens are for: their `aud`. */
  readonly url: string;
  readonly metadataUrl: URL;
  readonly metadata: Readonly<Record<string, unknown>>;
}

export function describeResource(url: string, issuer: string): ProtectedResource {
  const { origin, pathname } = new URL(url);
  return {
    url,
    // §3.1: the path comes after the well-known part, so that two containers can share a host.
    metadataUrl: new URL(`${wellKnownPath}${pathname === '/' ? '' : pathname}`, origin),
    metadata: {
      resource: url,
      resource_name: 'Demo container',
      authorization_servers: [issuer],
      scopes_supported: [neededScope, 'mcp:resources', 'data:read'],
      bearer_methods_supported: ['header'],
      dpop_signing_alg_values_supported: proofAlgorithms,
    },
  };
}
