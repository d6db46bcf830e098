/** A PostgreSQL of the tests' own: a new cluster in a temporary folder, on a socket in there, gone with the tests. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestProject } from 'vitest/node';
import { postgresPrograms } from './postgres-programs.ts';

/** It refuses to run as root. */
const nobody = { uid: 65_534, gid: 65_534 };

let stop: (() => Promise<void>) | undefined;

export async function setup(project: TestProject): Promise<void> {
  const programs = postgresPrograms();
  if (programs === undefined) throw new Error('PostgreSQL is not installed.');
  const folder = mkdtempSync(join(tmpdir(), 'pg-'));
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(folder, nobody.uid, nobody.gid);
  const as = { cwd: folder, env: { PATH: process.env['PATH'], LC_ALL: 'C' }, ...(isRoot && nobody) };
  const data = join(folder, 'data');
  const options = ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'];
  execFileSync(join(programs, 'initdb'), options, { ...as, stdio: 'pipe' });

  const settings = [
    'listen_addresses=',
    `unix_socket_directories=${folder}`,
    'fsync=off',
    'max_connections=300',
  ];
  const server = spawn(
    join(programs, 'postgres'),
    ['-D', data, ...settings.flatMap((setting) => ['-c', setting])],
    { ...as, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const lines = createInterface({ input: server.stderr });
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      if (line.includes('ready to accept connections')) resolve();
    });
    server.once('exit', () => reject(new Error('PostgreSQL does not start.')));
  });
  project.provide('postgresUrl', `postgres://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`);

  stop = async () => {
    const ended = once(server, 'exit');
    // Fast shutdown: whoever is still connected is not waited for.
    server.kill('SIGINT');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
}

export async function teardown(): Promise<void> {
  await stop?.();
}
