/** Values that prove they were made here for one sign-in: the token of a form, the state of a trip to GitHub. */
import { createHmac, timingSafeEqual } from 'node:crypto';

export interface Seals {
  make(purpose: string, uid: string): string;
  matches(purpose: string, uid: string, presented: unknown): boolean;
}

export function createSeals(secret: string): Seals {
  const make = (purpose: string, uid: string) =>
    createHmac('sha256', secret).update(`${purpose} ${uid}`).digest('base64url');
  return {
    make,
    matches(purpose, uid, presented) {
      const expected = Buffer.from(make(purpose, uid));
      const given = Buffer.from(typeof presented === 'string' ? presented : '');
      return expected.length === given.length && timingSafeEqual(expected, given);
    },
  };
}
