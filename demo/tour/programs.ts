/** The built programs the demo runs, as child processes, as a person would run them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Secret } from '../../electron/runtime/secret.ts';
import { FairleadError } from '../../shared/errors.ts';

/** Where this program and its neighbours lie once built. */
const programFolder = dirname(fileURLToPath(import.meta.url));
export const programs = {
  cli: join(programFolder, 'cli.js'),
  core: join(programFolder, 'core.js'),
  endpoint: join(programFolder, 'stdio.cjs'),
  container: join(programFolder, 'container.js'),
  platform: join(programFolder, 'platform.js'),
  browser: join(programFolder, 'scripted-browser.js'),
} as const;

/**
 * Ctrl-C goes to every process of the terminal's group, but the demo ends its programs in order: they get groups
 * (on Windows: consoles) of their own.
 */
const apart = { detached: true, windowsHide: true, stdio: 'pipe' } as const;
const startMs = 20_000;
const endMs = 5_000;

interface RunOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly stdin?: Secret;
  readonly anyStatus?: boolean;
  /** Told each line of stderr as it comes. */
  readonly onNote?: (line: string) => void;
  /** Ends the program, which then has failed. */
  readonly signal?: AbortSignal;
}

/** Runs a `fairlead` command. @returns its stdout. Throws with the command's own sentence when it fails. */
export async function runFairlead(args: readonly string[], options: RunOptions): Promise<string> {
  return runProgram(`\`fairlead ${args.join(' ')}\``, [programs.cli, ...args], options);
}

/**
 * Runs a program to its end.
 * @param what names it in errors
 */
export async function runProgram(
  what: string,
  args: readonly string[],
  { env, stdin, anyStatus = false, onNote, signal }: RunOptions,
): Promise<string> {
  signal?.throwIfAborted();
  const child = spawn(process.execPath, args, { ...apart, env });
  const stop = () => void child.kill('SIGTERM');
  signal?.addEventListener('abort', stop);
  const closed = once(child, 'close');
  // A command that has ended reads nothing; its exit status tells why.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin?.reveal());
  const notes: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    notes.push(line);
    onNote?.(line);
  });
  const [out] = await Promise.all([text(child.stdout), closed]);
  signal?.removeEventListener('abort', stop);
  if (child.exitCode === 0 || anyStatus) return out;
  throw new FairleadError('internal', `${what} did not work.`, {
    help: notes.at(-1)?.replace(/^\w+: /, ''),
  });
}

export interface RunningProgram {
  /** What `ready` caught of the program's words. */
  readonly said: string;
  /** Rejects if it ends before it is told to; never resolves. */
  readonly ended: Promise<never>;
  running(): boolean;
  close(): Promise<void>;
}

/**
 * Starts a program that runs until it is told to end, and waits for its word that it is up.
 * @param what names it in errors
 * @param options.ready its first group is `said`
 */
export async function startProgram(
  what: string,
  args: readonly string[],
  { env = process.env, ready }: { env?: NodeJS.ProcessEnv; ready: RegExp },
): Promise<RunningProgram> {
  const child = spawn(process.execPath, args, { ...apart, env });
  child.stdin.end();
  let printed = '';
  let closing = false;
  const ended = new Promise<never>((_, reject) => {
    child.once('close', () => {
      if (closing) return;
      const last = printed.trim().split('\n').at(-1) ?? '';
      reject(new FairleadError('internal', `The ${what} has ended by itself.`, { help: last }));
    });
  });
  ended.catch(() => undefined);
  const running = () => child.exitCode === null && child.signalCode === null;
  const close = async () => {
    closing = true;
    if (running()) await end(child);
  };
  let late: NodeJS.Timeout | undefined;
  const said = new Promise<string>((resolve, reject) => {
    const listen = (chunk: Buffer) => {
      printed = (printed + chunk.toString()).slice(-4_096);
      const match = ready.exec(printed);
      if (match !== null) resolve(match[1] ?? '');
    };
    for (const stream of [child.stdout, child.stderr]) stream.on('data', listen);
    late = setTimeout(() => reject(new FairleadError('timed_out', `The ${what} does not start.`)), startMs);
  });
  try {
    return { said: await Promise.race([said, ended]), ended, running, close };
  } catch (thrown) {
    await close();
    throw thrown;
  } finally {
    clearTimeout(late);
  }
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), endMs);
  await exited;
  clearTimeout(impatience);
}
