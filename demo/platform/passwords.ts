/** Passwords at rest: scrypt, with a salt of each one's own. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** Stored with each hash, as `scrypt$N$r$p$salt$hash`: they may rise later, and old hashes still be read. */
const today = { N: 2 ** 15, r: 8, p: 1 };

/** @param cost of a guess, which checking costs too; left out, what is asked of new passwords */
export async function hashPassword(password: string, cost = today): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, cost);
  const { N, r, p } = cost;
  return ['scrypt', N, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

export async function matchesPassword(password: string, stored: string): Promise<boolean> {
  const [, N, r, p, salt = '', hash = ''] = stored.split('$');
  const expected = Buffer.from(hash, 'base64url');
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const presented = await derive(password, Buffer.from(salt, 'base64url'), cost);
  return expected.length === presented.length && timingSafeEqual(expected, presented);
}

function derive(password: string, salt: Buffer, cost: { N: number; r: number; p: number }): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // One text, one hash, however the keyboard composed its accents.
    const text = password.normalize('NFKC');
    scrypt(text, salt, 32, { ...cost, maxmem: 256 * cost.N * cost.r }, (error, hash) => {
      if (error === null) resolve(hash);
      else reject(error);
    });
  });
}
