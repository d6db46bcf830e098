/** Names a container's secrets in the vault, readable for whoever lists the keychain. */
import { createHash } from 'node:crypto';
import { publicUrl } from '../runtime/public-url.ts';
import type { CredentialOwner } from './broker.ts';

/** `api-key:<name>` for a container that the person added, else `api-key:<url>#<account>`. No name has a `:`. */
export function vaultKey(owner: CredentialOwner): string {
  return `api-key:${ownerName(owner)}`;
}

/** The client secret of a container's own OAuth client. */
export function clientSecretKey(owner: CredentialOwner): string {
  return `client-secret:${ownerName(owner)}`;
}

/** The issuer that has accepted it. */
export function clientSecretIssuerKey(owner: CredentialOwner): string {
  return `client-secret-issuer:${ownerName(owner)}`;
}

/**
 * What one sign-in is kept under. Its record says which account, resource and issuer it is bound to; a container that
 * is used by URL with other OAuth settings is another one.
 */
export function tokenKey(owner: CredentialOwner): string {
  const own = owner.configured ? '' : `~${settingsDigest(owner)}`;
  return `oauth:${ownerName(owner)}${own}`;
}

/** Of everything that decides whom a token is for. A record with another one was made for another configuration. */
export function settingsDigest({ container: { url, account, auth } }: CredentialOwner): string {
  const settings = Object.entries(auth)
    // How the person signs in changes nothing about what they signed in to.
    .filter(([name, value]) => value !== undefined && name !== 'grant' && name !== 'callbackPort')
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return digest(JSON.stringify([new URL(url).href, account ?? null, settings]));
}

/** What opens the key of the client certificate that the person brought. */
export function passphraseKey(owner: CredentialOwner): string {
  return `certificate-passphrase:${ownerName(owner)}`;
}

/** The key, made here, of the client certificate that a platform issues for one of its containers. */
export function certificateKey(issuer: string, containerId: string): string {
  return `certificate-key:${issuer}#${encodeURIComponent(containerId)}`;
}

/** For which containers of a platform there are such keys. */
export function certificateIndexKey(issuer: string): string {
  return `certificate-keys:${issuer}`;
}

/** Our registration at an issuer. */
export function clientKey(issuer: string): string {
  return `oauth-client:${issuer}`;
}

function ownerName({ container, configured }: CredentialOwner): string {
  // Where a container of the platform lies is the platform's to say: a key goes to the server that it was given for.
  if (configured && container.platform === undefined) return container.name;
  const account = container.account === undefined ? '' : `#${encodeURIComponent(container.account)}`;
  return `${publicUrl(new URL(container.url))}${account}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
