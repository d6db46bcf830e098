/** Text of strangers, with what would hide or re-order it made visible; pure. */
import { unsafe } from '../../shared/plain-json.ts';

const harmless = /^[\n\x20-\x7e]*$/;

/** Controls and marks that re-order text as `\u{…}`; tabs and line breaks stay. */
export function plain(text: string): string {
  // Nearly always, and looking for more costs many times as much.
  if (harmless.test(text)) return text;
  return text.replace(/\r\n?/g, '\n').replace(unsafe, escaped);
}

/** The same on one line. */
export function plainLine(text: string): string {
  return plain(text).replace(/\s+/g, ' ').trim();
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
