/** Reads what is needed of an ID token (OpenID Connect Core §2) that the library has validated. */

/** @returns undefined for what is no such token */
export function readIdToken(token: string): { subject: string; lifetimeMs: number } | undefined {
  try {
    const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
    const { sub, iat, exp } = JSON.parse(payload) as Record<string, unknown>;
    if (typeof sub !== 'string' || typeof iat !== 'number' || typeof exp !== 'number') return undefined;
    // From one to the other, both by the issuer's clock: this machine's may be wrong.
    return { subject: sub, lifetimeMs: (exp - iat) * 1000 };
  } catch {
    return undefined;
  }
}

/** OpenID Connect Core §12.2: a refresh is of the same person, or it is none. */
export function isSamePerson(one: string, other: string): boolean {
  const subject = readIdToken(one)?.subject;
  return subject !== undefined && subject === readIdToken(other)?.subject;
}
