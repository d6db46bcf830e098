/** One client at one container through Fairlead as it was built, all in a throw-away HOME. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { startEraServer } from '../support/era-server.ts';
import { endProcesses, processesOf } from '../support/processes.ts';
import { quietly, type Client, type Place } from './programs.ts';

export const containers = [
  { speaks: '2025-11-25 alone', server: 'older' },
  { speaks: 'both', server: 'both' },
  { speaks: '2026-07-28 alone', server: 'newer' },
] as const;

export interface Outcome {
  readonly client: Client;
  readonly container: (typeof containers)[number];
  readonly connected: boolean;
  /** What the container was asked, in order: by method where the newer era's headers name it. */
  readonly asked: readonly string[];
  readonly output: string;
}

const patienceMs = 60_000;

export async function connect(
  root: string,
  client: Client,
  container: (typeof containers)[number],
): Promise<Outcome> {
  // Vite's runner leaves `await using` as it is, and Node 20 does not know it.
  const server = await startEraServer(container.server);
  const home = mkdtempSync(join(tmpdir(), 'fairlead-clients-'));
  // Where an endpoint looks that is given HOME alone.
  const profile = join(home, '.config/fairlead');
  const endpointEnv = { FAIRLEAD_HOME: profile, FAIRLEAD_VAULT: 'memory' };
  // The endpoint's too: some clients give it none of their own.
  const env = { PATH: process.env['PATH'], HOME: home, ...quietly, ...endpointEnv };
  const fairlead = (...args: readonly string[]) =>
    execFileSync(process.execPath, [join(root, 'dist/cli.js'), ...args], { env, timeout: patienceMs });
  try {
    const place: Place = {
      home,
      endpoint: [process.execPath, join(root, 'dist/stdio.cjs'), 'stdio', server.url.href],
      endpointEnv,
      connect(id) {
        fairlead('add', 'container', server.url.href, '--no-probe', '--auth', 'none');
        fairlead('connect', 'container', '--client', id);
      },
    };
    const child = spawn(process.execPath, client.prepare(place), {
      cwd: home,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: patienceMs,
    });
    const exited = once(child, 'exit');
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    await exited;
    // Some tell their person on the one, some on the other.
    const output = stdout + stderr;
    return { client, container, connected: client.connected.test(output), asked: [...server.seen], output };
  } finally {
    await endProcesses(() => processesOf(profile).map(({ pid }) => pid), 4_000);
    await server[Symbol.asyncDispose]();
    rmSync(home, { recursive: true, force: true });
  }
}
