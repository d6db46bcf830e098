/** Postgres inside this process (PGlite), its files in a folder. */
import { mkdir } from 'node:fs/promises';
import type { Database, Queries } from './database.ts';

interface Engine {
  query(sql: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** @param folder made if it is not there; left out, all of it is gone with the process */
export async function openEmbedded(folder: string | undefined): Promise<Database> {
  // Large, and slow to load: not before it is needed.
  const { PGlite } = await import('@electric-sql/pglite');
  if (folder !== undefined) await mkdir(folder, { recursive: true, mode: 0o700 });
  const engine = await (folder === undefined ? PGlite.create() : PGlite.create(folder));
  let closing: Promise<void> | undefined;
  return {
    ...queriesOf(engine),
    transaction: (work) => engine.transaction((within) => work(queriesOf(within))),
    close: () => (closing ??= engine.close()),
  };
}

function queriesOf(engine: Engine): Queries {
  return {
    async query<Row>(sql: string, values: readonly unknown[] = []) {
      return (await engine.query(sql, [...values])).rows as Row[];
    },
  };
}
