/** What is known of how a container wants to be entered, once its metadata and its issuer's were read and checked. */
import type { AuthorizationServer } from 'oauth4webapi';
import type { Container } from '../../../shared/container.ts';
import type { Secret } from '../../runtime/secret.ts';
import type { IdentityTerms } from '../identity/identity-terms.ts';

/** What a 401 or 403 asked for (RFC 6750 §3, RFC 9728 §5.1). */
export interface Challenge {
  readonly resourceMetadata: string | undefined;
  readonly scope: string | undefined;
  readonly error: string | undefined;
}

export interface Discovered {
  /** Goes with every authorization and token request (RFC 8707), but not to an identity provider. */
  readonly resource: string;
  /** Of an outside identity provider, which knows nothing of the container. */
  readonly identity: IdentityTerms | undefined;
  /** Checked: its `issuer` is the one it was asked for, its endpoints are https or loopback. */
  readonly server: AuthorizationServer;
  /** Where `server` came from. `defaults`: no metadata anywhere (MCP 2025-03-26), `explicit`: configured. */
  readonly source: 'metadata' | 'defaults' | 'explicit';
  /** What to ask for; undefined: send no `scope`. */
  readonly scope: string | undefined;
}

export interface Discovery {
  /**
   * @param fresh a new sign-in: nothing cached is used
   * @throws FairleadError discovery_refused, discovery_failed, address_refused and network errors
   */
  discover(
    container: Container,
    terms: { challenge: Challenge | undefined; fresh: boolean },
  ): Promise<Discovered>;
  /** Drops what is cached for a container. */
  forget(container: Container): void;
}

/** How we are known to an issuer. Stored by issuer. */
export interface ClientRegistration {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: Secret | undefined;
  readonly authMethod: 'none' | 'client_secret_basic' | 'client_secret_post' | 'private_key_jwt';
  readonly source: 'configured' | 'metadata_document' | 'registered';
  /** Of a registered client, to know whether it fits the callback of this sign-in. */
  readonly redirectUri: string | undefined;
  /** Of a registered client's secret, in milliseconds since the epoch; absent: it stays. */
  readonly secretExpiresAt?: number | undefined;
}

/** The `fetch` that openid-client is given: guarded, as every address in it was told by a stranger. */
export type GuardedFetch = (
  url: string,
  init: {
    method?: string;
    headers?: Record<string, string>;
    body?: string | URLSearchParams | Uint8Array | null | undefined;
    signal?: AbortSignal | null | undefined;
  },
) => Promise<Response>;
