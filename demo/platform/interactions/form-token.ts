/** That a form was made by us, for this interaction, and sent from our own page. */
import { createHmac, timingSafeEqual } from 'node:crypto';

export interface FormTokens {
  make(uid: string): string;
  matches(uid: string, presented: unknown): boolean;
}

export function createFormTokens(secret: string): FormTokens {
  const make = (uid: string) => createHmac('sha256', secret).update(uid).digest('base64url');
  return {
    make,
    matches(uid, presented) {
      const expected = Buffer.from(make(uid));
      const given = Buffer.from(typeof presented === 'string' ? presented : '');
      return expected.length === given.length && timingSafeEqual(expected, given);
    },
  };
}
