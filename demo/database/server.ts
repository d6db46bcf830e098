/** A Postgres server, by its URL. */
import type { PoolClient, QueryResultRow } from 'pg';
import type { Database, Queries } from './database.ts';

const connectMs = 10_000;

/** @param report told of connections that break while nobody uses them */
export async function openServer(url: string, report: (thrown: unknown) => void): Promise<Database> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({ connectionString: url, max: 10, connectionTimeoutMillis: connectMs });
  // Without a listener it would end the process; the pool makes a new connection by itself.
  pool.on('error', report);
  let closing: Promise<void> | undefined;
  return {
    ...queriesOf(pool),
    async transaction(work) {
      const client = await pool.connect();
      let broken: Error | undefined;
      try {
        return await inTransaction(client, work);
      } catch (thrown) {
        broken = isConnectionLost(thrown) ? thrown : undefined;
        throw thrown;
      } finally {
        client.release(broken);
      }
    },
    close: () => (closing ??= pool.end()),
  };
}

async function inTransaction<Result>(
  client: PoolClient,
  work: (within: Queries) => Promise<Result>,
): Promise<Result> {
  await client.query('BEGIN');
  try {
    const result = await work(queriesOf(client));
    await client.query('COMMIT');
    return result;
  } catch (thrown) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw thrown;
  }
}

/** An error of the server's own has a SQLSTATE; whatever has none is of the connection. */
function isConnectionLost(thrown: unknown): thrown is Error {
  return thrown instanceof Error && !/^[0-9A-Z]{5}$/.test('code' in thrown ? String(thrown.code) : '');
}

function queriesOf(client: {
  query: (sql: string, values: unknown[]) => Promise<{ rows: QueryResultRow[] }>;
}): Queries {
  return {
    async query<Row>(sql: string, values: readonly unknown[] = []) {
      return (await client.query(sql, [...values])).rows as Row[];
    },
  };
}
