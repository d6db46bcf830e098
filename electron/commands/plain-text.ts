/** Makes the text of a stranger safe for a terminal: nothing in it moves the cursor, hides or re-orders what is shown. */

/**
 * Controls but tab and newline (ECMA-48: escape sequences), format characters but the two joiners that scripts and emoji
 * need (UAX #9: marks that re-order text), line separators, lone surrogates.
 */
const unsafe = /(?![\t\n])\p{Cc}|(?![\u200c\u200d])\p{Cf}|\p{Zl}|\p{Zp}|\p{Cs}/gu;

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

/** JSON whose strings hold nothing unsafe as it stands; it parses to the same value. */
export function plainJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(unsafe, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
