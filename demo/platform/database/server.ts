/** Postgres as a server of its own, named by a URL. */
import { Pool, type PoolClient } from 'pg';
import type { Database, Queries } from './database.ts';

/** @param report told of a connection that broke while nobody used it: the pool replaces it */
export function connectServer(url: string, report: (thrown: unknown) => void): Database {
  const pool = new Pool({ connectionString: url, max: 10, connectionTimeoutMillis: 10_000 });
  pool.on('error', report);
  const on = (client: Pool | PoolClient): Queries => ({
    query: async <R extends object>(statement: string, params: readonly unknown[] = []) =>
      (await client.query<R>(statement, [...params])).rows,
  });
  let closing: Promise<void> | undefined;
  return {
    ...on(pool),
    async transaction(work) {
      const client = await pool.connect();
      let broken: Error | undefined;
      try {
        await client.query('BEGIN');
        const result = await work(on(client));
        await client.query('COMMIT');
        return result;
      } catch (thrown) {
        // One that cannot even roll back is not handed to the next.
        await client.query('ROLLBACK').catch((cause: unknown) => (broken = new Error('broken', { cause })));
        throw thrown;
      } finally {
        client.release(broken);
      }
    },
    close: () => (closing ??= pool.end()),
  };
}
