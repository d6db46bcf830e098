/** The credential of an `Authorization` header, in the two forms that a token comes in. */

export interface Credential {
  readonly scheme: 'bearer' | 'dpop';
  readonly value: string;
}

/** RFC 6750 §2.1, RFC 9449 §7.1; a scheme's name is case-insensitive (RFC 9110 §11.1). */
export function readCredential(authorization: string | undefined): Credential | undefined {
  const [, scheme = '', value = ''] = /^(bearer|dpop) +(\S+)$/i.exec(authorization ?? '') ?? [];
  if (value === '') return undefined;
  return { scheme: scheme.toLowerCase() === 'dpop' ? 'dpop' : 'bearer', value };
}
