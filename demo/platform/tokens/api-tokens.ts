/** API tokens: for programs that cannot sign in. Of a secret only its hash is kept. */
import { createHash, randomBytes } from 'node:crypto';
import type { CreatedToken, NewToken, TokenRow, TokenScope } from '../../../shared/platform-api.ts';
import type { Database } from '../../database/database.ts';

export interface ApiTokens {
  list(userId: string): Promise<readonly TokenRow[]>;
  /** The secret is in this answer and nowhere else. `full` where the user has as many as anybody may. */
  create(userId: string, wanted: NewToken): Promise<CreatedToken | 'full'>;
  /** @returns whether the user had it */
  revoke(userId: string, id: string): Promise<boolean>;
  /** Whose it is and what it allows, while it has not expired. */
  find(secret: string): Promise<ApiToken | undefined>;
}

export interface ApiToken {
  readonly id: string;
  readonly userId: string;
  readonly scopes: readonly TokenScope[];
}

interface StoredToken extends Omit<TokenRow, 'expires_at'> {
  readonly expires_at: Date;
}

/** So that one that was published by mistake is found by those who look for such. */
const prefix = 'fplt_';
const dayMs = 24 * 60 * 60_000;
const mostOfOneUser = 100;
const columns = 'id, user_id, name, scopes, expires_at, issued_for';

export function isApiToken(credential: string): boolean {
  return credential.startsWith(prefix);
}

export function createApiTokens(database: Database): ApiTokens {
  return {
    async list(userId) {
      const rows = await database.query<StoredToken>(
        `SELECT ${columns} FROM api_tokens WHERE user_id = $1 ORDER BY created_at, id`,
        [userId],
      );
      return rows.map(shown);
    },
    async create(userId, wanted) {
      const token = prefix + randomBytes(32).toString('base64url');
      const [row] = await database.query<StoredToken>(
        `INSERT INTO api_tokens (id, user_id, name, token_hash, scopes, expires_at, issued_for)
        SELECT $1, $2, $3, $4, $5::text[], $6::timestamptz, $7
        WHERE (SELECT count(*) FROM api_tokens WHERE user_id = $2) < $8
        RETURNING ${columns}`,
        [
          ...[`token_${randomBytes(9).toString('hex')}`, userId, wanted.name, hashOf(token), wanted.scopes],
          ...[new Date(Date.now() + wanted.expires_in_days * dayMs).toISOString(), wanted.issued_for],
          mostOfOneUser,
        ],
      );
      return row === undefined ? 'full' : { ...shown(row), token };
    },
    async revoke(userId, id) {
      const gone = await database.query(
        'DELETE FROM api_tokens WHERE user_id = $1 AND id = $2 RETURNING id',
        [userId, id],
      );
      return gone.length > 0;
    },
    async find(secret) {
      // By the hash of 256 random bits: what a comparison's time could tell of it leads to no other secret.
      const [row] = await database.query<StoredToken>(
        `SELECT ${columns} FROM api_tokens WHERE token_hash = $1 AND expires_at > now()`,
        [hashOf(secret)],
      );
      return row && { id: row.id, userId: row.user_id, scopes: row.scopes };
    },
  };
}

function shown(row: StoredToken): TokenRow {
  return { ...row, expires_at: row.expires_at.toISOString() };
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
