/** A PostgreSQL of the tests' own: a new cluster in a temporary folder, on a socket in there, gone with its user. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface PostgresServer extends AsyncDisposable {
  readonly url: string;
}

/** It refuses to run as root. */
const nobody = { uid: 65_534, gid: 65_534 };

/** @param programs the folder of `initdb` and `postgres` */
export async function startPostgresServer(programs: string): Promise<PostgresServer> {
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
  await untilReady(server);
  return {
    url: `postgres://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`,
    async [Symbol.asyncDispose]() {
      const ended = once(server, 'exit');
      // Fast shutdown: whoever is still connected is not waited for.
      server.kill('SIGINT');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function untilReady(server: ReturnType<typeof spawn>): Promise<void> {
  const { stderr } = server;
  if (stderr === null) throw new Error('PostgreSQL has no stderr.');
  const lines = createInterface({ input: stderr });
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      if (line.includes('ready to accept connections')) resolve();
    });
    server.once('exit', () => reject(new Error('PostgreSQL does not start.')));
  });
}
