/** How a value of any length becomes keychain entries that every keychain can hold, and back. Pure. */
import { createHash } from 'node:crypto';

/**
 * Windows holds 2,560 bytes in an entry, which other programs fill with UTF-16: 1,280 characters. Ours are ASCII, so
 * a header (at most 52 characters of its own) and a chunk stay below that limit however it is counted.
 */
const chunkLength = 1_100;

/** Further entries of one value. Bounds what a damaged header can make us read: about 80 kB altogether. */
const maxParts = 99;

/** Where a value's parts are. A new value goes to the slot that the old one does not use, so that both exist until the
 * header, written last, changes from one to the other. */
export type Slot = 'a' | 'b';

export interface Header {
  readonly slot: Slot;
  /** How many entries there are besides the header. */
  readonly parts: number;
  /** SHA-256 of the whole value, base64url. */
  readonly digest: string;
  /** The value's beginning: most values need no other entry. */
  readonly first: string;
}

/** @returns undefined when the value is too long for a keychain */
export function splitValue(value: string, slot: Slot): { header: string; parts: string[] } | undefined {
  const bytes = Buffer.from(value, 'utf8');
  const text = bytes.toString('base64url');
  const parts: string[] = [];
  for (let at = chunkLength; at < text.length; at += chunkLength)
    parts.push(text.slice(at, at + chunkLength));
  if (parts.length > maxParts) return undefined;
  return { header: `f1.${slot}.${parts.length}.${digest(bytes)}.${text.slice(0, chunkLength)}`, parts };
}

/** @returns undefined for anything that `splitValue` does not write */
export function parseHeader(entry: string): Header | undefined {
  const [, slot, parts, digest, first] = /^f1\.([ab])\.(\d{1,2})\.([\w-]{43})\.([\w-]*)$/.exec(entry) ?? [];
  if (slot === undefined || parts === undefined || digest === undefined || first === undefined)
    return undefined;
  return { slot: slot === 'a' ? 'a' : 'b', parts: Number(parts), digest, first };
}

/** @returns the value, or undefined when its parts are not exactly those that the header was written for */
export function joinValue(header: Header, parts: readonly string[]): string | undefined {
  if (parts.length !== header.parts) return undefined;
  const bytes = Buffer.from(header.first + parts.join(''), 'base64url');
  return digest(bytes) === header.digest ? bytes.toString('utf8') : undefined;
}

function digest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64url');
}
