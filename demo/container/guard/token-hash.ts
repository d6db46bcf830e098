/** A token's secret and the hash that stands for it in config.yaml. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { StoredToken } from './config.ts';

/** 256 random bits: nothing to guess, so one plain SHA-256 is enough to store. The prefix is for secret scanners. */
export function mintSecret(): string {
  return `flc_${randomBytes(32).toString('base64url')}`;
}

export function hashSecret(secret: string): string {
  return `sha256:${createHash('sha256').update(secret).digest('hex')}`;
}

/** The token that `secret` is of. Compares with every one, each in constant time, so time tells nothing of them. */
export function matchToken(tokens: readonly StoredToken[], secret: string): StoredToken | undefined {
  const presented = Buffer.from(hashSecret(secret));
  let match: StoredToken | undefined;
  for (const token of tokens) {
    const stored = Buffer.from(token.hash);
    if (stored.length === presented.length && timingSafeEqual(stored, presented)) match = token;
  }
  return match;
}
