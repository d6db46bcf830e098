/** The platform's database, opened and brought to the tables that this version of the platform needs. */
import { FairleadError } from '../../../shared/errors.ts';
import type { Database } from './database.ts';
import { openEmbedded } from './embedded.ts';
import { migrate } from './migrate.ts';
import { connectServer } from './server.ts';

export interface DatabasePlace {
  /** `postgres://…` of a server; left out, the database is embedded. */
  readonly url?: string | undefined;
  /** Where the embedded one is kept; left out, it is forgotten at the end. */
  readonly folder?: string | undefined;
}

/** Throws `connect_failed` where there is no database to be had. */
export async function openDatabase(
  { url, folder }: DatabasePlace,
  report: (thrown: unknown) => void,
): Promise<Database> {
  let database: Database | undefined;
  try {
    database = url === undefined ? await openEmbedded(folder) : connectServer(url, report);
    await migrate(database);
    return database;
  } catch (cause) {
    await database?.close();
    if (cause instanceof FairleadError) throw cause;
    throw new FairleadError('connect_failed', 'The database of the platform cannot be opened.', {
      help: 'Check DATABASE_URL, or the folder of --data: only one platform at a time can use it.',
      cause,
    });
  }
}
