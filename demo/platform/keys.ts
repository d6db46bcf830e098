/** The keys that the platform signs with: kept in its database, replaced in time, and published as long as a token needs. */
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import type { Database } from '../database/database.ts';

/** What signs and what is published now. Of each algorithm the first is the one that signs. */
export interface SigningKeys {
  readonly keys: readonly JWK[];
}

export interface KeyRing {
  current(): SigningKeys;
  /** Looks at the database and the clock. @returns whether `current` has changed */
  refresh(): Promise<boolean>;
  /**
   * New keys take over.
   * @param aheadMs how long they are published before they sign: whoever checks signatures has learned them by then
   */
  rotate(aheadMs: number): Promise<void>;
}

interface KeyRow {
  readonly kid: string;
  readonly alg: string;
  readonly jwk: JWK;
  readonly signs_from: Date;
}

/** RS256 is what OpenID Connect expects of an ID token unless told otherwise; ES256 signs access tokens, and is short. */
const algorithms = ['RS256', 'ES256'];
const keyAgeMs = 90 * 24 * 60 * 60_000;
/** Of Postgres' advisory locks, ours: of two platforms, one makes new keys. */
const keyLock = 1_164_006;

/** @param options.tokenMs the longest lifetime of what is signed: so long an old key is published after its last use */
export async function openKeyRing(
  database: Database,
  { tokenMs, aheadMs }: { tokenMs: number; aheadMs: number },
): Promise<KeyRing> {
  let keys: readonly JWK[] = [];

  const add = (signsFrom: Date, isDue: (newest: Date | undefined) => boolean) =>
    database.transaction(async (queries) => {
      await queries.query('SELECT pg_advisory_xact_lock($1)', [keyLock]);
      const known = await queries.query<KeyRow>('SELECT * FROM signing_keys ORDER BY signs_from DESC');
      for (const alg of algorithms) {
        if (!isDue(known.find((row) => row.alg === alg)?.signs_from)) continue;
        const jwk = await makeKey(alg);
        await queries.query(
          'INSERT INTO signing_keys (kid, alg, jwk, signs_from) VALUES ($1, $2, $3::jsonb, $4)',
          [jwk.kid, alg, JSON.stringify(jwk), signsFrom.toISOString()],
        );
      }
    });

  const refresh = async () => {
    const now = Date.now();
    await add(new Date(now + aheadMs), (newest) => newest !== undefined && +newest + keyAgeMs < now);
    const rows = await database.query<KeyRow>('SELECT * FROM signing_keys ORDER BY signs_from DESC');
    const { published, ended } = arrange(rows, { nowMs: now, tokenMs });
    if (ended.length > 0)
      await database.query('DELETE FROM signing_keys WHERE kid = ANY($1::text[])', [ended]);
    const isSame = published.map(({ kid }) => kid).join() === keys.map(({ kid }) => kid).join();
    keys = published;
    return !isSame;
  };

  await add(new Date(), (newest) => newest === undefined);
  await refresh();
  return {
    current: () => ({ keys }),
    refresh,
    rotate: (ahead) => add(new Date(Date.now() + ahead), () => true),
  };
}

/** @param rows newest first */
function arrange(
  rows: readonly KeyRow[],
  { nowMs, tokenMs }: { nowMs: number; tokenMs: number },
): { published: JWK[]; ended: string[] } {
  const published: JWK[] = [];
  const ended: string[] = [];
  for (const alg of algorithms) {
    const ours = rows.filter((row) => row.alg === alg);
    const current = ours.findIndex((row) => +row.signs_from <= nowMs);
    // None where the clock was set back: the oldest, then.
    const signing = current < 0 ? ours.length - 1 : current;
    const [coming, old] = [ours.slice(0, signing), ours.slice(signing + 1)];
    // Since then nothing was signed with the ones before, so what they signed has ended this long after.
    const lastUsedMs = +(ours[signing]?.signs_from ?? nowMs);
    const isOver = lastUsedMs + tokenMs < nowMs;
    const kept = isOver ? [] : old;
    published.push(
      ...ours
        .slice(signing, signing + 1)
        .concat(coming, kept)
        .map(({ jwk }) => jwk),
    );
    if (isOver) ended.push(...old.map(({ kid }) => kid));
  }
  return { published, ended };
}

async function makeKey(alg: string): Promise<JWK & { kid: string }> {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: crypto.randomUUID() };
}

const publicMembers = ['kty', 'crv', 'x', 'y', 'n', 'e', 'alg', 'use', 'kid'];

/** What others check signatures by. */
export function publicKeys({ keys }: SigningKeys): { keys: JWK[] } {
  const visible = (key: JWK) => Object.entries(key).filter(([name]) => publicMembers.includes(name));
  return { keys: keys.map((key) => Object.fromEntries(visible(key)) as JWK) };
}
