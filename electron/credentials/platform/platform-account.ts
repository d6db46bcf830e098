/** The person's account at a platform, told in the terms of a sign-in: whose it is, where, and for what. */
import { platformApi, type PlatformGrant } from '../../../shared/platform.ts';
import type { CredentialOwner } from '../broker.ts';
import type { Discovery, GuardedFetch } from '../discovery/discovered.ts';
import { refusal } from '../discovery/document.ts';
import { readServerMetadata } from '../discovery/server-metadata.ts';
import { requireUsable } from '../discovery/usable-server.ts';

/** Which platform, and how the person signs in to it. */
export interface PlatformHome {
  readonly issuer: string;
  readonly grant: PlatformGrant;
}

/** Which platform is used now, as it is kept outside. */
export interface PlatformMemory {
  /** The one that was signed in to last, or the environment's. Throws config_invalid. */
  current(): PlatformHome | undefined;
  /** It is this one from now on. Throws config_invalid. */
  remember(home: PlatformHome): void;
}

/** All that a token of the platform can be for (docs/platform-api.md): containers of any kind come later. */
const wantedScopes = ['openid', 'offline_access', 'mcp:tools', 'mcp:resources', 'data:read'];
const mostMs = 12_000;

/** Its name is a URL, which no container's is: it lies in the vault beside them. */
export function accountOwner({ issuer, grant }: PlatformHome): CredentialOwner {
  return {
    configured: true,
    container: {
      name: issuer,
      url: issuer,
      transport: 'auto',
      auth: { method: 'oauth', grant, resource: platformApi(issuer) },
      tls: {},
      timeoutSeconds: 120,
    },
  };
}

/** What is discovered of a platform: it is its own issuer, and says so (OpenID Connect Discovery §4). */
export function createPlatformDiscovery(
  fetch: (owner: CredentialOwner['container']) => GuardedFetch,
): Discovery {
  return {
    async discover(container) {
      const { url: issuer, auth } = container;
      const server = await readServerMetadata(issuer, {
        fetch: fetch(container),
        configured: [new URL(issuer)],
        signal: AbortSignal.timeout(mostMs),
      });
      if (server === undefined)
        throw refusal('There is no platform at this address.', 'Check --platform, or FAIRLEAD_PLATFORM.');
      const needs = auth.method === 'oauth' ? auth.grant : 'code';
      requireUsable(server, 'metadata', { needs, assumeS256: false });
      const offered = server.scopes_supported;
      const scope = wantedScopes.filter((each) => offered?.includes(each) !== false).join(' ');
      return { resource: platformApi(issuer), identity: undefined, server, source: 'metadata', scope };
    },
    // Nothing is kept.
    forget: () => undefined,
  };
}
