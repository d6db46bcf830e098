/** Makes the text of a stranger safe for a terminal: nothing in it moves the cursor, hides or re-orders what is shown. */
import { unsafe } from '../../shared/plain-json.ts';

const escaped = (character: string) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/** Text of several lines: newlines and tabs stay, the rest that is unsafe is shown as `\u{…}`. */
export function plainText(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(unsafe, escaped);
}

/** The same on one line, cut to `limit` characters. */
export function plainLine(text: string, limit = Infinity): string {
  const line = plainText(text).replace(/\s+/g, ' ').trim();
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line;
}
