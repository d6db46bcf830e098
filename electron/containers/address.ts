/** Which addresses a container may have: the one rule for the command line, the config file and the control API. */
import { isLoopback } from '../../shared/loopback.ts';

export type AddressReading =
  | { readonly status: 'ok'; readonly url: string }
  /** `problem` never quotes the address: it may hold a password or a key. */
  | { readonly status: 'refused'; readonly problem: string };

/** Reads an address that a person gave. @returns it in the form that URL parsing gives it, or what is wrong with it */
export function readAddress(text: string): AddressReading {
  const refused = (problem: string): AddressReading => ({ status: 'refused', problem });
  if (!URL.canParse(text)) return refused('The address is not a URL.');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return refused('The address has to start with https:// (or http:// for this machine).');
  }
  // RFC 3986 §3.2.1: user information in a URL ends up in logs and process lists.
  if (url.username !== '' || url.password !== '')
    return refused('The address has a user name or password in it.');
  if (text.includes('#'))
    return refused('The address has a fragment (#…) in it, which no server gets to see.');
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return refused('Plain http:// is for this machine only; another machine needs https://.');
  }
  return { status: 'ok', url: url.href };
}
