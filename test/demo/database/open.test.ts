import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Database } from '../../../demo/database/database.ts';
import { openDatabase } from '../../../demo/database/open.ts';
import { postgresPrograms } from '../../support/postgres-programs.ts';
import { startPostgresServer, type PostgresServer } from '../../support/postgres-server.ts';
import { temporaryFolder } from '../container/running.ts';

// The embedded one takes seconds to start where other tests run beside it.
vi.setConfig({ testTimeout: 60_000 });

const programs = postgresPrograms();
let server: Promise<PostgresServer> | undefined;
afterAll(async () => {
  await (await server)?.[Symbol.asyncDispose]();
});

const ignore = () => undefined;
const kinds: [string, () => Promise<Database>][] = [
  ['the embedded Postgres', () => openDatabase({}, ignore)],
  [
    'a Postgres server',
    async () => openDatabase({ url: (await (server ??= startPostgresServer(programs ?? ''))).url }, ignore),
  ],
];

describe.each(kinds)('%s', (kind, open) => {
  const isThere = kind !== 'a Postgres server' || programs !== undefined;
  const opened = async () => {
    const database = await open();
    onTestFinished(() => database.close());
    await database.query('DROP TABLE IF EXISTS things');
    await database.query('CREATE TABLE things (name text PRIMARY KEY, made timestamptz DEFAULT now())');
    return database;
  };
  const namesIn = async (database: Database) =>
    (await database.query<{ name: string }>('SELECT name FROM things ORDER BY name')).map(({ name }) => name);

  test.runIf(isThere)('answers with rows, and takes values for what they are', async () => {
    const database = await opened();
    const odd = `'; DROP TABLE things; -- "é\n`;
    const [row] = await database.query<{ name: string; made: Date }>(
      'INSERT INTO things (name) VALUES ($1) RETURNING *',
      [odd],
    );
    expect(row?.name).toBe(odd);
    expect(row?.made).toBeInstanceOf(Date);
    expect(await namesIn(database)).toEqual([odd]);
  });

  test.runIf(isThere)('does all of a transaction, or nothing', async () => {
    const database = await opened();
    const add = 'INSERT INTO things (name) VALUES ($1)';
    const result = await database.transaction(async (within) => {
      await within.query(add, ['a']);
      return within.query('SELECT name FROM things');
    });
    expect(result).toEqual([{ name: 'a' }]);
    const failing = database.transaction(async (within) => {
      await within.query(add, ['b']);
      await within.query(add, ['a']);
    });
    await expect(failing).rejects.toMatchObject({ code: '23505' });
    const thrown = new Error('ours');
    await expect(
      database.transaction(async (within) => {
        await within.query(add, ['c']);
        throw thrown;
      }),
    ).rejects.toBe(thrown);
    expect(await namesIn(database)).toEqual(['a']);
  });

  test.runIf(isThere)('keeps transactions apart', async () => {
    const database = await opened();
    await database.query('INSERT INTO things (name) VALUES ($1)', ['0']);
    const count = () =>
      database.transaction(async (within) => {
        const [old] = await within.query<{ name: string }>('SELECT name FROM things FOR UPDATE');
        await within.query('UPDATE things SET name = $1', [String(Number(old?.name) + 1)]);
      });
    await Promise.all(Array.from({ length: 20 }, count));
    expect(await namesIn(database)).toEqual(['20']);
  });

  test.runIf(isThere)('closes once, however often it is told to', async () => {
    const database = await open();
    await Promise.all([database.close(), database.close()]);
  });
});

test('the embedded one keeps its rows in its folder', async () => {
  const folder = join(await temporaryFolder(), 'database');
  const first = await openDatabase({ folder }, ignore);
  await first.query('CREATE TABLE things (name text)');
  await first.query('INSERT INTO things VALUES ($1)', ['kept']);
  await first.close();
  const second = await openDatabase({ folder }, ignore);
  onTestFinished(() => second.close());
  expect(await second.query('SELECT * FROM things')).toEqual([{ name: 'kept' }]);
});

test('says so when there is no server', async () => {
  const gone = openDatabase({ url: 'postgres://fairlead:secret@127.0.0.1:9/none' }, ignore);
  const failure: unknown = await gone.catch((thrown: unknown) => thrown);
  expect(failure).toMatchObject({ code: 'connect_failed' });
  expect((failure as Error).message).not.toContain('secret');
});
