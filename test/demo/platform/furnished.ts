/** What a platform makes at its first start and finds at the next, put there before: making it takes most of a second. */
import type { NewUser } from '../../../demo/platform/accounts.ts';
import { hashPassword } from '../../../demo/platform/passwords.ts';
import type { Database } from '../../../demo/database/database.ts';

interface KeyRow {
  readonly kid: string;
  readonly jwk: object;
  readonly signs_from: Date;
}

/** The RSA key of the first platform of this process: the others sign with it too. */
let rsaKey: KeyRow | undefined;

/** @param users known from the start, by a hash that costs next to nothing to check */
export async function furnish(
  database: Database,
  users: readonly (NewUser & { id: string })[],
): Promise<void> {
  for (const { id, email, password } of users) {
    await database.query(
      'INSERT INTO users (id, email, password_hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      [id, email, await hashPassword(password, { N: 16, r: 8, p: 1 })],
    );
  }
  const [own] = await database.query("SELECT 1 FROM signing_keys WHERE alg = 'RS256'");
  if (rsaKey === undefined || own !== undefined) return;
  await database.query(
    "INSERT INTO signing_keys (kid, alg, jwk, signs_from) VALUES ($1, 'RS256', $2::jsonb, $3)",
    [rsaKey.kid, JSON.stringify(rsaKey.jwk), rsaKey.signs_from.toISOString()],
  );
}

/** For the next one. */
export async function rememberKey(database: Database): Promise<void> {
  rsaKey ??= (
    await database.query<KeyRow>("SELECT * FROM signing_keys WHERE alg = 'RS256' ORDER BY signs_from")
  )[0];
}
