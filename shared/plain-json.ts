/** JSON that is safe wherever it is shown or kept: nothing in it moves a cursor, hides or re-orders what is shown. */

/**
 * Controls but tab and newline (ECMA-48: escape sequences), format characters but the two joiners that scripts and emoji
 * need (UAX #9: marks that re-order text), line separators, lone surrogates.
 */
export const unsafe = /(?![\t\n])\p{Cc}|(?![\u200c\u200d])\p{Cf}|\p{Zl}|\p{Zp}|\p{Cs}/gu;

/** JSON whose strings hold nothing unsafe as it stands; it parses to the same value. */
export function plainJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, undefined, indent);
  // Nearly always, and looking for more costs several times as much.
  if (!/[^\n\x20-\x7e]/.test(json)) return json;
  return json.replace(unsafe, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
