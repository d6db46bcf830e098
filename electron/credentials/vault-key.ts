/** Names a container's secret in the vault, readable for whoever lists the keychain. */
import { createHash } from 'node:crypto';
import type { CredentialOwner } from './broker.ts';

/** `api-key:<name>` for a configured container, else `api-key:<url>#<account>`. No name of a container has a `:`. */
export function vaultKey({ container, configured }: CredentialOwner): string {
  if (configured) return `api-key:${container.name}`;
  const account = container.account === undefined ? '' : `#${encodeURIComponent(container.account)}`;
  return `api-key:${publicUrl(new URL(container.url))}${account}`;
}

/** Some servers take a key in the URL's query: it tells two URLs apart without being shown. */
function publicUrl(url: URL): string {
  const hidden = `${url.username}:${url.password}${url.search}`;
  const address = `${url.origin}${url.pathname}`;
  if (hidden === ':') return address;
  return `${address}?${createHash('sha256').update(hidden).digest('hex').slice(0, 16)}`;
}
