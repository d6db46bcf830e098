/** What makes a person's secret unfit to be sent in a header. Pure; nothing it returns quotes the secret. */

/**
 * RFC 9110 §5.5: a field value is visible characters with spaces and tabs between them. A line break would let the
 * secret add headers or requests of its own (CWE-93); the rest would be changed or refused on the way.
 * @returns what is wrong, as a sentence, or undefined
 */
export function secretProblem(secret: string, header: string): string | undefined {
  if (secret === '') return 'The secret is empty.';
  if (/[\r\n]/.test(secret)) return 'The secret has more than one line.';
  for (const character of secret) {
    const code = character.codePointAt(0) ?? 0;
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) return 'The secret has a control character in it.';
    if (code > 0xff) return 'The secret has a character in it that a header cannot carry.';
  }
  if (secret.trim() !== secret) return 'The secret begins or ends with white space.';
  if (isAuthorization(header) && /^bearer\s/i.test(secret)) return 'The secret begins with the word Bearer.';
  return undefined;
}

/** RFC 6750 §2.1 for `Authorization`; any other header carries the secret alone. */
export function headerValue(secret: string, header: string): string {
  return isAuthorization(header) ? `Bearer ${secret}` : secret;
}

function isAuthorization(header: string): boolean {
  return header.toLowerCase() === 'authorization';
}
