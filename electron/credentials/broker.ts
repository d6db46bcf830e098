/** Stop 5: gives `upstream/` a way to send authenticated requests, and keeps every secret to itself. */
import type { Container } from '../../shared/container.ts';
import type { Secret } from '../runtime/secret.ts';
import type { Send } from './exchange.ts';

/** Which credential a container uses: configured ones have it under their name, others by URL and account. */
export interface CredentialOwner {
  readonly container: Container;
  readonly configured: boolean;
  /** Handed in with `--secret-env` by a client's own config: held in memory for this connection, never stored. */
  readonly handedIn?: Secret;
}

export interface Broker {
  /**
   * Wraps `send` so that each request carries the container's credential.
   * The result rejects with `secret_missing`, `keychain_missing` or `keychain_locked` before anything is sent.
   */
  authenticated(owner: CredentialOwner, send: Send): Send;
  /** Whether a request could be authenticated now, without sending one. `unknown`: the keychain cannot be asked. */
  presence(owner: CredentialOwner): Promise<'not_needed' | 'present' | 'missing' | 'unknown'>;
  /** Stores the person's secret for a container. Throws keychain errors. */
  store(owner: CredentialOwner, secret: Secret): Promise<void>;
  /** Deletes everything kept for a container. Idempotent. Throws keychain errors. */
  forget(owner: CredentialOwner): Promise<void>;
}
