/** What every command is given: where it runs, how it prints, and how it reaches the core. */
import type { Readable, Writable } from 'node:stream';
import type { ProfilePaths } from '../runtime/paths.ts';
import { createControlClient, type ControlClient } from '../control/client.ts';
import { joinCore } from '../socket/join.ts';
import type { Output } from './output.ts';

export interface CommandContext {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly paths: ProfilePaths;
  /** Where the built programs lie: the endpoint, the core. */
  readonly programFolder: string;
  readonly stdin: Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };
  readonly stderr: Writable;
  readonly output: Output;
  /** Runs the core in this process, which ends with it. */
  runCore(): Promise<void>;
  /** Ends with this exit status, though nothing was thrown. */
  exitWith(status: number): void;
}

const joinTimeoutMs = 30_000;

/**
 * Joins the core, uses it and leaves it.
 * @param how whether to start a core where none runs
 * @throws FairleadError core_unreachable
 */
export async function withCore<T>(
  { env }: CommandContext,
  how: 'start' | 'running',
  use: (core: ControlClient) => Promise<T>,
): Promise<T> {
  const connection = await joinCore({
    env,
    role: 'control',
    start: how === 'start',
    timeoutMs: joinTimeoutMs,
  });
  const core = createControlClient(connection);
  try {
    return await use(core);
  } finally {
    core.close();
  }
}
