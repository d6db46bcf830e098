import { expect, test } from 'vitest';
import { migrate } from '../../../../demo/platform/database/migrate.ts';
import { migrations } from '../../../../demo/platform/database/migrations.ts';
import { keptSecret } from '../../../../demo/platform/database/secrets.ts';
import { borrowDatabase } from '../database.ts';

test('each migration is applied once, however many start at the same time', async () => {
  const database = await borrowDatabase();
  await Promise.all([migrate(database), migrate(database), migrate(database)]);
  const rows = await database.query<{ version: number }>('SELECT version FROM migrations ORDER BY version');
  expect(rows.map(({ version }) => version)).toEqual(migrations.map((_, index) => index + 1));
});

test('what a later version left behind is not touched', async () => {
  const database = await borrowDatabase();
  await database.query('INSERT INTO migrations (version) VALUES (1000)');
  await expect(migrate(database)).rejects.toMatchObject({ code: 'config_invalid' });
});

test('a transaction that fails leaves nothing', async () => {
  const database = await borrowDatabase();
  const failing = database.transaction(async (queries) => {
    await queries.query(`INSERT INTO secrets (name, value) VALUES ('a', 'b')`);
    throw new Error('stop');
  });
  await expect(failing).rejects.toThrow('stop');
  expect(await database.query('SELECT * FROM secrets')).toEqual([]);
});

test('a secret is made once, and everybody gets the same', async () => {
  const database = await borrowDatabase();
  let made = 0;
  const make = () => `secret ${(made += 1)}`;
  const all = await Promise.all([1, 2, 3].map(() => keptSecret(database, 'cookies', make)));
  expect(new Set(all).size).toBe(1);
  expect(await keptSecret(database, 'cookies', make)).toBe(all[0]);
});
