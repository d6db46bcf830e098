/** Postgres inside this process (PGlite), its files in a folder. */
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database, Queries } from './database.ts';
import { readEmptyDatabase } from './empty.ts';

interface Engine {
  query(sql: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** @param folder made if it is not there; left out, all of it is gone with the process */
export async function openEmbedded(folder: string | undefined): Promise<Database> {
  // Large, and slow to load: not before it is needed.
  const { PGlite } = await import('@electric-sql/pglite');
  if (folder !== undefined) await mkdir(folder, { recursive: true, mode: 0o700 });
  const engine = await PGlite.create({
    ...(folder !== undefined && { dataDir: folder }),
    ...(!(await isDatabase(folder)) && { loadDataDir: await readEmptyDatabase(PGlite) }),
  });
  let closing: Promise<void> | undefined;
  return {
    ...queriesOf(engine),
    transaction: (work) => engine.transaction((within) => work(queriesOf(within))),
    close: () => (closing ??= engine.close()),
  };
}

/** By the file that Postgres itself goes by. */
async function isDatabase(folder: string | undefined): Promise<boolean> {
  if (folder === undefined) return false;
  return access(join(folder, 'PG_VERSION')).then(
    () => true,
    () => false,
  );
}

function queriesOf(engine: Engine): Queries {
  return {
    async query<Row>(sql: string, values: readonly unknown[] = []) {
      return (await engine.query(sql, [...values])).rows as Row[];
    },
  };
}
