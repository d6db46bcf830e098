/** The built programs the demo runs, as child processes, as a person would run them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { Secret } from '../../electron/runtime/secret.ts';
import { FairleadError } from '../../shared/errors.ts';
import { apart } from '../start-program.ts';

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
