/** What the platform signs cookies and forms with, and its authority's key: made once, and the same after a restart. */
import type { Database } from '../../database/database.ts';

/** @param make called where there is none yet. Of two platforms that start at once, both get the first one's. */
export async function keptSecret(
  database: Database,
  name: string,
  make: () => string | Promise<string>,
): Promise<string> {
  const read = async () =>
    (await database.query<{ value: string }>('SELECT value FROM secrets WHERE name = $1', [name]))[0]?.value;
  const known = await read();
  if (known !== undefined) return known;
  const made = await make();
  await database.query('INSERT INTO secrets (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    name,
    made,
  ]);
  return (await read()) ?? made;
}
