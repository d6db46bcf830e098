/** The platform's users. */
import { createHash, randomBytes } from 'node:crypto';
import type { Database } from '../database/database.ts';
import { hashPassword, matchesPassword } from './passwords.ts';

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
  /** Makes the user, or gives the one with this e-mail the password. */
  ensure(user: NewUser): Promise<void>;
}

export interface NewUser {
  readonly email: string;
  readonly password: string;
  /** Default: made of the e-mail. */
  readonly id?: string | undefined;
}

interface UserRow {
  readonly id: string;
  readonly email: string;
  readonly password_hash: string;
  readonly plan_tier: string;
}

export function createAccounts(database: Database): Accounts {
  const find = async (column: 'id' | 'email', value: string): Promise<Account | undefined> => {
    const [row] = await database.query<UserRow>(
      `SELECT id, email, password_hash, plan_tier FROM users WHERE ${column} = $1`,
      [value],
    );
    if (row === undefined) return undefined;
    return { id: row.id, email: row.email, passwordHash: row.password_hash, planTier: row.plan_tier };
  };
  return {
    byId: (id) => find('id', id),
    byEmail: (email) => find('email', normalize(email)),
    async ensure({ email, password, id = userIdOf(email) }) {
      await database.query(
        `INSERT INTO users (id, email, password_hash) VALUES ($1, $2, $3)
        ON CONFLICT (email) DO UPDATE SET password_hash = excluded.password_hash`,
        [id, normalize(email), await hashPassword(password)],
      );
    },
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

const nobodysHash = hashPassword(randomBytes(16).toString('hex'));

function normalize(email: string): string {
  return email.trim().toLowerCase();
}
