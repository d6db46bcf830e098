/** `fairlead://add?url=…&name=…`: a link that any page may carry. It fills in a form, and all else it says is ignored. */
import { containerName } from '../../shared/container.ts';
import type { Place } from '../../shared/desktop.ts';
import { isLoopback } from '../../shared/loopback.ts';

export const linkScheme = 'fairlead';

const longestLink = 4_096;
const longestUrl = 2_000;

/** @returns where the link leads, or undefined where it is none that Fairlead knows */
export function placeOfLink(link: string): Place | undefined {
  if (link.length > longestLink || !URL.canParse(link)) return undefined;
  const { protocol, host, username, password, pathname, hash, searchParams } = new URL(link);
  if (protocol !== `${linkScheme}:` || host.toLowerCase() !== 'add' || username + password + hash !== '')
    return undefined;
  if (!['', '/'].includes(pathname)) return undefined;
  const parts = [...searchParams.keys()];
  if (parts.some((part) => part !== 'url' && part !== 'name') || new Set(parts).size < parts.length)
    return undefined;
  const url = containerUrl(searchParams.get('url'));
  const name = containerName.optional().safeParse(searchParams.get('name') ?? undefined);
  if (url === undefined || !name.success) return undefined;
  return { place: 'add', url, ...(name.data !== undefined && { name: name.data }) };
}

/** The first of a program's arguments that is a link. */
export function linkIn(args: readonly string[]): string | undefined {
  return args.find((arg) => arg.toLowerCase().startsWith(`${linkScheme}:`));
}

function containerUrl(text: string | null): string | undefined {
  if (text === null || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  const { protocol, hostname, username, password, href } = url;
  const safe = protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
  return safe && username + password === '' && href.length <= longestUrl ? href : undefined;
}
