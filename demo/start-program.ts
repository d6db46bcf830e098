/** Starts one of the demo's programs as a child process, and ends it: what the tour and the platform's hosting share. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { FairleadError } from '../shared/errors.ts';

/**
 * Ctrl-C goes to every process of the terminal's group, but the demo ends its programs in order: they get groups
 * (on Windows: consoles) of their own.
 */
export const apart = { detached: true, windowsHide: true, stdio: 'pipe' } as const;
const endMs = 5_000;

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
 * @param options.withinMs after which it counts as not starting
 * @param options.tied its stdin stays open until this process ends, however it does: it is to end with that
 */
export async function startProgram(
  what: string,
  args: readonly string[],
  {
    env = process.env,
    ready,
    tied = false,
    withinMs = 20_000,
  }: { env?: NodeJS.ProcessEnv; ready: RegExp; tied?: boolean; withinMs?: number },
): Promise<RunningProgram> {
  const child = spawn(process.execPath, args, { ...apart, env });
  // One that has ended does not read any more.
  child.stdin.on('error', () => undefined);
  if (!tied) child.stdin.end();
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
    late = setTimeout(() => reject(new FairleadError('timed_out', `The ${what} does not start.`)), withinMs);
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
