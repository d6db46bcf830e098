/** Postgres inside this process (PGlite): nothing to install, one process at a time. */
import { PGlite } from '@electric-sql/pglite';
import type { Database, Queries } from './database.ts';

/** @param folder where it is kept; left out, it is gone with the process */
export async function openEmbedded(folder?: string): Promise<Database> {
  const engine = await PGlite.create(folder);
  const on = (of: Pick<PGlite, 'query'>): Queries => ({
    query: async <R extends object>(statement: string, params: readonly unknown[] = []) =>
      (await of.query<R>(statement, [...params])).rows,
  });
  let closing: Promise<void> | undefined;
  return {
    ...on(engine),
    transaction: (work) => engine.transaction((inside) => work(on(inside))),
    close: () => (closing ??= engine.close()),
  };
}
