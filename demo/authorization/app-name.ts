/** The name that a program gave itself when it registered: anybody's words, so only a short line of plain letters. */
import type { Client } from 'oidc-provider';

export function appName(client: Client | undefined): string {
  const claimed = client?.clientName ?? '';
  // Control and format characters could turn the sentence around it (U+202E) or hide in it.
  const plain = claimed.replace(/[\p{C}\s]+/gu, ' ').trim();
  const short = plain.length > 48 ? `${plain.slice(0, 47)}…` : plain;
  return short === '' ? 'an app without a name' : short;
}
