/** One PostgreSQL for a whole run of tests. */
import type { TestProject } from 'vitest/node';
import { postgresPrograms } from './postgres-programs.ts';
import { startPostgresServer, type PostgresServer } from './postgres-server.ts';

let server: PostgresServer | undefined;

export async function setup(project: TestProject): Promise<void> {
  const programs = postgresPrograms();
  if (programs === undefined) throw new Error('PostgreSQL is not installed.');
  server = await startPostgresServer(programs);
  project.provide('postgresUrl', server.url);
}

export async function teardown(): Promise<void> {
  await server?.[Symbol.asyncDispose]();
}
