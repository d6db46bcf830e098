/** A real endpoint in its own process, as an MCP client starts it, and the core that it makes. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { vi } from 'vitest';
import { createLineReader } from '../../electron/stdio/line-reader.ts';
import type { Heard } from './session-client.ts';
import { greeting, initialized } from './session-client.ts';
import { processesOf, signal } from './processes.ts';
import { newProfile, type TestProfile } from './profile.ts';

const program = join(import.meta.dirname, '../../dist/stdio.cjs');

export interface EndpointProcess {
  readonly child: ChildProcessWithoutNullStreams;
  readonly lines: string[];
  readonly heard: Heard[];
  readonly errors: () => string;
  say(message: unknown): void;
  ask(id: string | number, method: string, params?: unknown): Promise<Heard>;
  greet(): Promise<void>;
  answersTo(id: string | number | null): Heard[];
  /** Resolves with the exit status and how long it took. */
  ended(): Promise<{ status: number | null; afterMs: number }>;
}

export async function until(
  condition: () => boolean,
  what: string | (() => string),
  timeoutMs = 40_000,
): Promise<void> {
  await vi.waitFor(
    () => {
      if (!condition()) throw new Error(`Not so: ${typeof what === 'string' ? what : what()}`);
    },
    { timeout: timeoutMs, interval: 5 },
  );
}

export interface EndpointSetting extends AsyncDisposable {
  readonly profile: TestProfile;
  /** @param target what stands behind `stdio` */
  start(target: string, options?: { program?: string; read?: boolean }): EndpointProcess;
  /** Of the core that runs now. */
  corePid(): number | undefined;
  killCore(): void;
}

/** A profile whose endpoints and core end with the test. */
export function newEndpointSetting(): EndpointSetting {
  const profile = newProfile();
  const children: ChildProcessWithoutNullStreams[] = [];
  const corePid = () => {
    try {
      return (JSON.parse(readFileSync(profile.paths.coreRecord, 'utf8')) as { pid: number }).pid;
    } catch {
      return undefined;
    }
  };
  const killCore = () => {
    const pid = corePid();
    if (pid === undefined) return;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  };
  return {
    profile,
    corePid,
    killCore,
    start(target, { program: file = program, read = true } = {}) {
      const child = spawn(process.execPath, [file, 'stdio', target], {
        env: profile.env,
        cwd: profile.paths.home,
      });
      children.push(child);
      return watch(child, read);
    },
    async [Symbol.asyncDispose]() {
      for (const child of children) child.kill('SIGKILL');
      killCore();
      // One that was just being started has left no record yet.
      signal(
        processesOf(profile.paths.home).map(({ pid }) => pid),
        'SIGKILL',
      );
      await profile[Symbol.asyncDispose]();
    },
  };
}

function watch(child: ChildProcessWithoutNullStreams, read: boolean): EndpointProcess {
  const lines: string[] = [];
  const heard: Heard[] = [];
  let errors = '';
  child.stdin.on('error', () => undefined);
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  if (read) {
    const reader = createLineReader(
      Infinity,
      (line) => {
        lines.push(line.toString());
        heard.push(JSON.parse(line.toString()) as Heard);
      },
      () => undefined,
    );
    child.stdout.on('data', (chunk: Buffer) => reader.push(chunk));
  }
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const answersTo = (id: string | number | null) =>
    heard.filter((each) => each.method === undefined && each.id === id);
  const say = (message: unknown) => {
    const line =
      message instanceof Uint8Array || typeof message === 'string' ? message : JSON.stringify(message);
    child.stdin.write(line);
    child.stdin.write('\n');
  };
  const ask = async (id: string | number, method: string, params: unknown = {}) => {
    say({ jsonrpc: '2.0', id, method, params });
    await until(
      () => answersTo(id).length > 0,
      () => `an answer to ${id}; stderr: ${errors}`,
    );
    return answersTo(id)[0] as Heard;
  };
  return {
    child,
    lines,
    heard,
    errors: () => errors,
    say,
    ask,
    async greet() {
      await ask('g', 'initialize', greeting.params);
      say(initialized);
    },
    answersTo,
    async ended() {
      const started = performance.now();
      const status = await exited;
      return { status, afterMs: performance.now() - started };
    },
  };
}
