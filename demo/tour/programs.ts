/** The built programs the demo runs, as child processes, as a person would run them. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
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
} as const;

/**
 * Ctrl-C goes to every process of the terminal's group, but the demo ends its programs in order: they get groups
 * (on Windows: consoles) of their own.
 */
const apart = { detached: true, windowsHide: true, stdio: 'pipe' } as const;
const startMs = 20_000;
const endMs = 5_000;

/** Runs a `fairlead` command. @returns its stdout. Throws with the command's own sentence when it fails. */
export async function runFairlead(
  args: readonly string[],
  { env, stdin, anyStatus = false }: { env: NodeJS.ProcessEnv; stdin?: Secret; anyStatus?: boolean },
): Promise<string> {
  const child = spawn(process.execPath, [programs.cli, ...args], { ...apart, env });
  const closed = once(child, 'close');
  // A command that has ended reads nothing; its exit status tells why.
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin?.reveal());
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  if (child.exitCode === 0 || anyStatus) return out;
  throw new FairleadError('internal', `\`fairlead ${args.join(' ')}\` did not work.`, {
    help: err.trim().replace(/^fairlead: /, ''),
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
