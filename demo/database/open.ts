/** Opens the database there is: a server where somebody names one (`DATABASE_URL`), and the embedded one otherwise. */
import { FairleadError } from '../../shared/errors.ts';
import type { Database } from './database.ts';
import { openEmbedded } from './embedded.ts';
import { openServer } from './server.ts';

/**
 * @param where.folder for the embedded one's files; left out, they are in memory
 * Throws `connect_failed`.
 */
export async function openDatabase(
  where: { url?: string | undefined; folder?: string | undefined },
  report: (thrown: unknown) => void,
): Promise<Database> {
  const { url, folder } = where;
  let database: Database | undefined;
  try {
    database = await (url === undefined ? openEmbedded(folder) : openServer(url, report));
    await database.query('SELECT 1');
    return database;
  } catch (cause) {
    await database?.close();
    throw new FairleadError('connect_failed', 'The database cannot be opened.', {
      help:
        url === undefined
          ? 'Check that its folder can be written, and that no other program has it open.'
          : 'Check DATABASE_URL, and that the server runs.',
      cause,
    });
  }
}
