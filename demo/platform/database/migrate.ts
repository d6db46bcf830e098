/** Brings the tables to this version: the migrations that are missing, in order, once, and all of them or none. */
import { FairleadError } from '../../../shared/errors.ts';
import type { Database } from '../../database/database.ts';
import { migrations } from './migrations.ts';

/** Of Postgres' advisory locks, ours. Any number that nobody else in the database uses. */
const migrationLock = 1_164_005;

/** Throws `config_invalid` where a later version of the platform was here. */
export function migrate(database: Database): Promise<void> {
  return database.transaction(async (queries) => {
    // Two platforms that start at once: the second waits, and finds nothing left to do.
    await queries.query('SELECT pg_advisory_xact_lock($1)', [migrationLock]);
    await queries.query(
      'CREATE TABLE IF NOT EXISTS migrations (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const [last] = await queries.query<{ version: number | null }>(
      'SELECT max(version) AS version FROM migrations',
    );
    const applied = last?.version ?? 0;
    if (applied > migrations.length) {
      throw new FairleadError('config_invalid', 'The database belongs to a later version of the platform.', {
        help: 'Start that version, or use another database.',
      });
    }
    for (const [index, statements] of migrations.entries()) {
      const version = index + 1;
      if (version <= applied) continue;
      for (const statement of statements) await queries.query(statement);
      await queries.query('INSERT INTO migrations (version) VALUES ($1)', [version]);
    }
  });
}
