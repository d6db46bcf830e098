/** What the authorization server issued and remembers: sessions, grants, registered programs, tokens that are not JWTs. */
import type { Database } from '../database/database.ts';

export interface OidcRecord {
  /** What it is, in oidc-provider's words: Session, Grant, RefreshToken, … */
  readonly kind: string;
  readonly id: string;
  /** Plain JSON. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** Removed together with the grant. */
  readonly grantId?: string | undefined;
  /** Other names it is found by, each unique for its kind. */
  readonly uid?: string | undefined;
  readonly userCode?: string | undefined;
  /** Milliseconds since 1970; left out, it stays until it is removed. */
  readonly expiresAtMs?: number | undefined;
}

export interface OidcRecords {
  /** Makes the record or takes the place of the one with its kind and id. */
  write(record: OidcRecord): Promise<void>;
  /** Nothing once it has expired. */
  read(kind: string, id: string): Promise<OidcRecord | undefined>;
  readBy(kind: string, name: 'uid' | 'userCode', value: string): Promise<OidcRecord | undefined>;
  /**
   * Marks it as used: `payload.consumed`, in seconds since 1970. In one step, as two users of one refresh token must
   * not both be the first.
   * @returns whether this call was the first
   */
  consume(kind: string, id: string): Promise<boolean>;
  remove(kind: string, id: string): Promise<void>;
  /** Every record of these kinds that came of the grant, at once. */
  removeGrant(kinds: readonly string[], grantId: string): Promise<void>;
}

interface RecordRow {
  readonly id: string;
  readonly payload: Record<string, unknown>;
  readonly grant_id: string | null;
}

const sweepEveryMs = 60_000;
const live = '(expires_at IS NULL OR expires_at > now())';
const columns = { id: 'id', uid: 'uid', userCode: 'user_code' } as const;

export function createOidcRecords(database: Database): OidcRecords {
  let sweptAtMs = Date.now();

  const sweep = async () => {
    if (Date.now() - sweptAtMs < sweepEveryMs) return;
    sweptAtMs = Date.now();
    await database.query('DELETE FROM oidc_records WHERE expires_at <= now()');
  };
  const find = async (kind: string, name: keyof typeof columns, value: string) => {
    const [row] = await database.query<RecordRow>(
      `SELECT id, payload, grant_id FROM oidc_records WHERE kind = $1 AND ${columns[name]} = $2 AND ${live}`,
      [kind, value],
    );
    return row && { kind, id: row.id, payload: row.payload, grantId: row.grant_id ?? undefined };
  };

  return {
    async write({ kind, id, payload, grantId, uid, userCode, expiresAtMs }) {
      await sweep();
      await database.query(
        `INSERT INTO oidc_records (kind, id, payload, grant_id, uid, user_code, expires_at)
        VALUES ($1, $2, $3::jsonb, $4, $5, $6, $7)
        ON CONFLICT (kind, id) DO UPDATE SET payload = excluded.payload, grant_id = excluded.grant_id,
          uid = excluded.uid, user_code = excluded.user_code, expires_at = excluded.expires_at`,
        [
          ...[kind, id, JSON.stringify(payload), grantId ?? null, uid ?? null, userCode ?? null],
          expiresAtMs === undefined ? null : new Date(expiresAtMs).toISOString(),
        ],
      );
    },
    read: (kind, id) => find(kind, 'id', id),
    readBy: find,
    async consume(kind, id) {
      const first = await database.query(
        `UPDATE oidc_records
        SET payload = jsonb_set(payload, '{consumed}', to_jsonb(floor(extract(epoch FROM now()))::bigint))
        WHERE kind = $1 AND id = $2 AND ${live} AND payload -> 'consumed' IS NULL
        RETURNING id`,
        [kind, id],
      );
      return first.length > 0;
    },
    async remove(kind, id) {
      await database.query('DELETE FROM oidc_records WHERE kind = $1 AND id = $2', [kind, id]);
    },
    async removeGrant(kinds, grantId) {
      await database.query('DELETE FROM oidc_records WHERE grant_id = $1 AND kind = ANY($2::text[])', [
        grantId,
        [...kinds],
      ]);
    },
  };
}
