/** Stop 5: gives `upstream/` a way to send authenticated requests, and keeps every secret to itself. */
import type { SecureContext } from 'node:tls';
import type { Container } from '../../shared/container.ts';
import type { Secret } from '../runtime/secret.ts';
import type { Send } from './exchange.ts';

/** Which credential a container uses: configured ones have it under their name, others by URL and account. */
export interface CredentialOwner {
  readonly container: Container;
  readonly configured: boolean;
  /** Handed in with `--secret-env` by a client's own config: held in memory for this connection, never stored. */
  readonly handedIn?: Secret;
  /** Opens the key of its client certificate; as `handedIn`. */
  readonly passphrase?: Secret;
  /** Nobody has said how it is entered: where it asks for a sign-in, it gets one. */
  readonly undeclared?: true;
}

/**
 * Whether a request could be authenticated now, without sending one. `expired`: there was a sign-in, and the person
 * has to sign in again. `unknown`: the keychain cannot be asked.
 */
export type Presence = 'not_needed' | 'present' | 'missing' | 'expired' | 'signing_in' | 'unknown';

/** A sign-in that waits for the person. Nothing in here is secret. */
export interface PendingSignIn {
  readonly container: Container;
  readonly kind: 'browser' | 'device';
  /** Where to sign in: https, or http on this machine. */
  readonly url: string;
  /** What to enter there (device grant). */
  readonly userCode: string | undefined;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** `waiting`: the person is to sign in, and has been for so long that clients notice. */
export type SignInStage = 'signed_out' | 'waiting' | 'signed_in';

/** Where a container's sign-in stands, for whoever answers its clients meanwhile. */
export interface SignInWatch {
  readonly stage: SignInStage;
  /** Called when the stage may have changed. Returns the function that ends it. */
  onChange(listener: () => void): () => void;
}

/** The person's account at the platform, as far as its credentials go. */
export interface PlatformAccess {
  /**
   * The platform that is used now, and where a sign-in to one waits for the person; undefined: none is known.
   * Throws config_invalid.
   */
  account(): Promise<
    | {
        readonly issuer: string;
        readonly presence: Presence;
        /** How often somebody has signed in or out there since the core began: it may be somebody else each time. */
        readonly changes: number;
        readonly prompt: Pick<PendingSignIn, 'url' | 'userCode'> | undefined;
      }
    | undefined
  >;
  /**
   * Signs in as the person asked to, and out of the platform that was used before, if it was another one. Resolves at
   * once where they are signed in.
   * @throws FairleadError what kept them from it, keychain errors
   */
  signIn(
    home: { readonly issuer: string; readonly grant: 'code' | 'device' },
    terms?: { fresh?: boolean; signal?: AbortSignal | undefined },
  ): Promise<void>;
  /** Revokes and deletes, and drops the tokens of all containers. Idempotent. Throws keychain errors. */
  signOut(): Promise<void>;
  /** For requests to the platform's own API, and nowhere else. Rejects as Broker's. */
  authenticated(send: Send): Send;
}

/** How a sign-in would go. */
export interface SignInWay {
  /** Its address, in the issuer's own words: https, or http on this machine. */
  readonly issuer: string;
  readonly source: 'metadata' | 'defaults' | 'explicit';
  /** How Fairlead is known there, or becomes it. `none`: the person has to see to it. */
  readonly registration: 'configured' | 'metadata_document' | 'registered' | 'none';
  readonly advertisesS256: boolean;
}

/** How long what is held lasts, by this machine's clock. */
export interface Lifetime {
  /** Milliseconds since the epoch; undefined: not known. */
  readonly expiresAt: number | undefined;
  readonly renewable: boolean;
}

/** What a connection trusts; `ca` absent: Node's own authorities. */
export interface TlsTrust {
  readonly ca?: string[];
  readonly allowPartialTrustChain: boolean;
}

/** One client certificate with its key, which stays inside (RFC 8446 §4.4.2). A renewed one is another object. */
export interface TlsIdentity {
  /** What shows it. Throws what OpenSSL says of a `trust` that is of no use. */
  contextFor(trust: TlsTrust): SecureContext;
  /** Whom it names, as `CN=…`; undefined: that cannot be seen. */
  readonly subject: string | undefined;
  /** When it ends, in milliseconds since the epoch; undefined: that cannot be seen. */
  readonly validTo: number | undefined;
  /** PEM: the root that servers know it by, where whoever issued it has said so. */
  readonly authority?: string;
}

/** The client certificate of a container, whichever it is by now. */
export interface ClientCertificate {
  /**
   * The one to show to whoever is connected to from now on.
   * @throws FairleadError config_invalid, secret_missing, certificate_unavailable, sign_in_needed, keychain errors
   */
  current(): Promise<TlsIdentity>;
  /** Called when there may be another one to show. Returns the function that ends it. */
  onChange(listener: () => void): () => void;
}

export interface Broker {
  readonly platform: PlatformAccess;
  /**
   * Wraps `send` so that each request carries the container's credential.
   * The result rejects with `secret_missing`, `sign_in_needed` (SignInNeeded, which has the link), `sign_in_failed`,
   * `unauthorized`, `token_endpoint_unavailable`, keychain errors and those of discovery, where no request went out
   * or the container refused it without running it.
   */
  authenticated(owner: CredentialOwner, send: Send): Send;
  /** What a request would have to be renewed for first is renewed now. Asks the person nothing. Rejects as `authenticated`. */
  prepare(owner: CredentialOwner): Promise<void>;
  /** What connections to it show; undefined: nothing. Always the same object for the same owner. */
  certificate(owner: CredentialOwner): ClientCertificate | undefined;
  presence(owner: CredentialOwner): Promise<Presence>;
  /** Undefined: nobody signs in to this container. */
  watch(owner: CredentialOwner): SignInWatch | undefined;
  /** Of the token that is held, as far as `presence` has found one. Asks nobody. */
  lifetime(owner: CredentialOwner): Lifetime | undefined;
  /**
   * Finds out anew how a sign-in would go, without beginning one.
   * @param send to see what the container asks for
   * @throws FairleadError usage where there is nothing to sign in to, those of discovery, and network errors
   */
  examine(owner: CredentialOwner, send: Send): Promise<SignInWay>;
  /** Stores the person's secret for a container: its API key, or its OAuth client's secret. Throws keychain errors. */
  store(owner: CredentialOwner, secret: Secret): Promise<void>;
  /** Whether this is the key that is kept for a container. Throws keychain errors. */
  holds(owner: CredentialOwner, key: Secret): Promise<boolean>;
  /** Stores what opens the key of its client certificate. Throws usage and keychain errors. */
  storePassphrase(owner: CredentialOwner, passphrase: Secret): Promise<void>;
  /** Signs out, and deletes everything kept for a container. Idempotent. Throws keychain errors. */
  forget(owner: CredentialOwner): Promise<void>;
  /**
   * Signs in, as the person asked to, and resolves when that is done. Resolves at once where they are signed in.
   * @param terms.fresh sign in anew in any case, with nothing that is cached
   * @param terms.send to see what the container asks for, where that is not known yet
   * @param terms.signal they do not want it any more: it ends, unless somebody else waits for it
   * @throws FairleadError usage where there is nothing to sign in to
   */
  signIn(
    owner: CredentialOwner,
    terms?: { fresh?: boolean; send?: Send; signal?: AbortSignal },
  ): Promise<void>;
  /** Revokes and deletes a sign-in's tokens. The client secret stays. Idempotent. Throws keychain errors. */
  signOut(owner: CredentialOwner): Promise<void>;
  /** What waits for the person now. */
  pending(): readonly PendingSignIn[];
  /** Called when a presence or `pending` may have changed. Returns the function that ends it. */
  onChange(listener: () => void): () => void;
  /** Ends open sign-ins. Nothing is revoked. */
  close(): Promise<void>;
}
