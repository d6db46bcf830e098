/** The platform's users and their passwords. */
import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

export interface Account {
  readonly id: string;
  readonly email: string;
  readonly passwordHash: string;
  readonly planTier: string;
}

export interface Accounts {
  byId(id: string): Promise<Account | undefined>;
  /** However it is written: case and space around it do not count. */
  byEmail(email: string): Promise<Account | undefined>;
}

export interface NewUser {
  readonly email: string;
  readonly password: string;
  /** Default: made of the e-mail, the same at every start. */
  readonly id?: string | undefined;
}

export async function createMemoryAccounts(users: readonly NewUser[]): Promise<Accounts> {
  const accounts: Account[] = [];
  for (const { email, password, id = userIdOf(email) } of users) {
    accounts.push({
      id,
      email: normalize(email),
      passwordHash: await hashPassword(password),
      planTier: 'personal',
    });
  }
  return {
    byId: (id) => Promise.resolve(accounts.find((account) => account.id === id)),
    byEmail: (email) => Promise.resolve(accounts.find((account) => account.email === normalize(email))),
  };
}

/** The id that a user gets who was given none: a container's config.yaml can name it before the platform starts. */
export function userIdOf(email: string): string {
  return `user_${createHash('sha256').update(normalize(email)).digest('hex').slice(0, 12)}`;
}

/** @returns the account, where there is one and the password is its own */
export async function signIn(
  accounts: Accounts,
  { email, password }: { email: string; password: string },
): Promise<Account | undefined> {
  const account = await accounts.byEmail(email);
  // An address that nobody has takes as long as a wrong password, or the time would tell which addresses exist.
  const matches = await matchesPassword(password, account?.passwordHash ?? (await nobodysHash));
  return matches ? account : undefined;
}

/** `scrypt$<cost>$<salt>$<hash>`: the cost may rise later, and old hashes still be read. */
const cost = 2 ** 15;
const nobodysHash = hashPassword(randomBytes(16).toString('hex'));

async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, cost);
  return ['scrypt', cost, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

async function matchesPassword(password: string, stored: string): Promise<boolean> {
  const [, storedCost = '', salt = '', hash = ''] = stored.split('$');
  const expected = Buffer.from(hash, 'base64url');
  const presented = await derive(password, Buffer.from(salt, 'base64url'), Number(storedCost));
  return expected.length === presented.length && timingSafeEqual(expected, presented);
}

function derive(password: string, salt: Buffer, N: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // One text, one hash, however the keyboard composed its accents.
    const text = password.normalize('NFKC');
    scrypt(text, salt, 32, { N, r: 8, p: 1, maxmem: 256 * N * 8 }, (error, hash) => {
      if (error === null) resolve(hash);
      else reject(error);
    });
  });
}

function normalize(email: string): string {
  return email.trim().toLowerCase();
}
