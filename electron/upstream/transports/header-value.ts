/** Text of a message as the value of an HTTP header (MCP 2026-07-28, Streamable HTTP: value encoding). Pure. */

const prefix = '=?base64?';
const suffix = '?=';
/** RFC 9110 §5.5: visible ASCII, with spaces and tabs only inside. */
const plain = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/;

/** As it is where a header can carry it, else as base64 of its UTF-8: no text of a client can end the header early. */
export function headerValue(text: string): string {
  const ambiguous = text.startsWith(prefix) && text.endsWith(suffix);
  if (plain.test(text) && !ambiguous) return text;
  return `${prefix}${Buffer.from(text).toString('base64')}${suffix}`;
}
