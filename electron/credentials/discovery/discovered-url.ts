/** Reads a URL that a server told us: the forms that may be fetched, and the form that may be shown to a browser. */
import { meansLoopback } from '../../../shared/loopback.ts';

export type UrlReading =
  | { readonly status: 'ok'; readonly url: URL }
  /** `problem` never quotes the URL. */
  | { readonly status: 'refused'; readonly problem: string };

/** Long enough for the longest honest authorization request, short enough for every system's command line. */
const longest = 8_192;

/**
 * @param configured what the person gave: plain http is for loopback, and only where one of these is loopback too
 * @returns the URL as parsed. Its host's addresses are judged later, when it is dialled (admission.ts).
 */
export function readDiscoveredUrl(text: string, configured: readonly URL[]): UrlReading {
  // The parser drops tabs and newlines and takes a backslash for a slash: what it sees is not what others would see.
  if (text.length > longest || !/^[\x21-\x7e]+$/.test(text) || text.includes('\\') || !URL.canParse(text))
    return refused('It is not a URL.');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return refused('It is not an https:// URL.');
  // Every host that is no address: the parser lets through what a shell would run (`$(…)`, `;`, `&`).
  if (!/^(\[[0-9a-f:]+\]|[a-z0-9._-]+)$/.test(url.hostname)) return refused('Its host is not a host name.');
  if (url.username !== '' || url.password !== '') return refused('It has a user name or password in it.');
  // RFC 6749 §3.1 and §3.2 forbid it for endpoints, RFC 8414 §2 for issuers.
  if (text.includes('#')) return refused('It has a fragment in it.');
  const local = configured.some(({ hostname }) => meansLoopback(hostname));
  if (meansLoopback(url.hostname) && !local) return refused('It leads to this machine.');
  if (url.protocol === 'http:' && !meansLoopback(url.hostname)) return refused('It is not an https:// URL.');
  return { status: 'ok', url };
}

/**
 * For the authorization endpoint, and once more for the whole request before a program is started with it.
 * Idempotent. What is left of it in path and query is harmless to shells as well, though none ever sees it; `&` stays,
 * as it separates parameters.
 */
export function browserUrl(text: string, configured: readonly URL[] = []): UrlReading {
  const reading = readDiscoveredUrl(text, configured);
  if (reading.status === 'refused') return reading;
  const { origin, pathname, search } = reading.url;
  return { status: 'ok', url: new URL(origin + encodeRest(pathname) + encodeRest(search)) };
}

function encodeRest(text: string): string {
  return text.replace(
    /["'`()<>[\]{}|^$;!*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function refused(problem: string): UrlReading {
  return { status: 'refused', problem };
}
