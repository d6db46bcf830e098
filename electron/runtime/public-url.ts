import { createHash } from 'node:crypto';

/**
 * Names an address without what may be secret in it: some servers take a key in the URL's query. Two addresses that only
 * differ in that have two names.
 */
export function publicUrl(url: URL): string {
  const hidden = `${url.username}:${url.password}${url.search}`;
  const address = `${url.origin}${url.pathname}`;
  if (hidden === ':') return address;
  return `${address}?${createHash('sha256').update(hidden).digest('hex').slice(0, 16)}`;
}
