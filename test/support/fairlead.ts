/** A throw-away profile for tests of whole programs: the built files, a FAIRLEAD_HOME of its own, nothing left behind. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { startLineClient, type LineClient } from './line-client.ts';
import { endProcesses, isCore, processesOf, signal } from './processes.ts';

export const endpointProgram = resolve('dist/stdio.cjs');
const commandProgram = resolve('dist/cli.js');

export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Profile extends AsyncDisposable {
  readonly home: string;
  /** The whole environment of what runs in it. */
  readonly env: Readonly<Record<string, string>>;
  /** A client on an endpoint: `fairlead stdio …args`. */
  endpoint(args: readonly string[], env?: Record<string, string>): LineClient;
  /** Runs `fairlead …args` to its end. */
  run(args: readonly string[], options?: { stdin?: string; env?: Record<string, string> }): Promise<Finished>;
  /** Of core.json; waits until there is one. */
  corePid(): Promise<number>;
  /** Every core process of this profile. */
  cores(): number[];
}

const left = new Set<AsyncDisposable>();

/** Those of tests that ran out of time, which never come to the end of their `await using`. */
export async function endProfiles(): Promise<void> {
  for (const profile of left) await profile[Symbol.asyncDispose]();
}

/** @param env laid over a bare environment: secrets in memory, everything logged */
export function openProfile(env: Readonly<Record<string, string>> = {}): Profile {
  const home = mkdtempSync(join(tmpdir(), 'fairlead-'));
  const own: Record<string, string> = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    ...(process.platform === 'win32' && windowsEnvironment(home)),
    FAIRLEAD_VAULT: 'memory',
    FAIRLEAD_LOG: 'debug',
    ...env,
    FAIRLEAD_HOME: home,
  };
  const cores = () =>
    processesOf(home)
      .filter(isCore)
      .map(({ pid }) => pid);

  const profile: Profile = {
    home,
    env: own,
    endpoint: (args, more = {}) =>
      startLineClient(process.execPath, [endpointProgram, 'stdio', ...args], { ...own, ...more }),
    async run(args, { stdin = '', env: more = {} } = {}) {
      const child = spawn(process.execPath, [commandProgram, ...args], { env: { ...own, ...more } });
      const exited = once(child, 'exit');
      child.stdin.on('error', () => undefined);
      child.stdin.end(stdin);
      const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
      await exited;
      return { status: child.exitCode, stdout, stderr };
    },
    async corePid() {
      for (;;) {
        const pid = recordedPid(home);
        if (pid !== undefined) return pid;
        await sleep(20);
      }
    },
    cores,
    async [Symbol.asyncDispose]() {
      left.delete(profile);
      const pids = () => processesOf(home).map(({ pid }) => pid);
      // Endpoints first: one that outlived its core would start another.
      const held = cores();
      signal(
        pids().filter((pid) => !held.includes(pid)),
        'SIGKILL',
      );
      await endProcesses(pids, 4_000);
      rmSync(home, { recursive: true, force: true });
    },
  };
  left.add(profile);
  return profile;
}

/** Without these hardly a program starts there. */
function windowsEnvironment(home: string): Record<string, string> {
  const inherited = ['SYSTEMROOT', 'TEMP', 'PATHEXT', 'COMSPEC'].map((name) => [
    name,
    process.env[name] ?? '',
  ]);
  return {
    ...(Object.fromEntries(inherited) as Record<string, string>),
    USERPROFILE: home,
    APPDATA: join(home, 'AppData', 'Roaming'),
  };
}

function recordedPid(home: string): number | undefined {
  try {
    return (JSON.parse(readFileSync(join(home, 'core.json'), 'utf8')) as { pid: number }).pid;
  } catch {
    return undefined;
  }
}
