/** A database for one test: empty, migrated, embedded or on a real server, and given back with the test. */
import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { inject, onTestFinished } from 'vitest';
import type { Database } from '../../../demo/database/database.ts';
import { openEmbedded } from '../../../demo/database/embedded.ts';
import { openDatabase } from '../../../demo/database/open.ts';
import { migrate } from '../../../demo/platform/database/migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of a server's superuser; absent: tests use the embedded one. */
    postgresUrl: string | undefined;
  }
}

/** Starting one takes seconds, emptying one milliseconds. They end with the process. */
const idle: Database[] = [];

export async function borrowDatabase(): Promise<Database> {
  const server = inject('postgresUrl');
  const database = server === undefined ? await takeEmbedded() : await createOn(server);
  await migrate(database);
  return database;
}

async function takeEmbedded(): Promise<Database> {
  const database = idle.pop() ?? (await openEmbedded(undefined));
  onTestFinished(async () => {
    await database.query('DROP SCHEMA public CASCADE');
    await database.query('CREATE SCHEMA public');
    idle.push(database);
  });
  return { ...database, close: () => Promise.resolve() };
}

/** A database of its own, as a person would name it in DATABASE_URL. */
async function createOn(server: string): Promise<Database> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await asAdmin(server, `CREATE DATABASE ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const database = await openDatabase({ url: url.href }, () => undefined);
  onTestFinished(async () => {
    await database.close();
    await asAdmin(server, `DROP DATABASE ${name} WITH (FORCE)`);
  });
  return database;
}

async function asAdmin(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(statement);
  await client.end();
}
