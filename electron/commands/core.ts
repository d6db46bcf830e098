/** `fairlead core` and `fairlead stop`: the core begun and ended by hand. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { FairleadError } from '../../shared/errors.ts';
import { delay } from '../runtime/clock.ts';
import { withCore, type CommandContext } from './context.ts';

export function declareCore(command: Command, context: CommandContext): void {
  command
    .description('start the core in the background, or say that it runs')
    .option('--foreground', 'run it in this terminal until Ctrl-C')
    .addHelpText('after', '\nExample:\n  fairlead core --foreground')
    .action(async ({ foreground }: { foreground?: true }) => {
      if (foreground === true) {
        await context.runCore();
        return;
      }
      const core = await withCore(context, 'start', (client) => client.call('core.info', {}));
      context.output.result(core, () => `Core ${core.version} is running: process ${core.pid}.`);
    });
}

export function declareStop(command: Command, context: CommandContext): void {
  command
    .description('end the core; the next client or command starts it again')
    .addHelpText('after', '\nExample:\n  fairlead stop')
    .action(async () => {
      const pid = await stop(context);
      if (pid === undefined) context.output.result({ stopped: false }, () => 'No core is running.');
      else context.output.result({ stopped: true, pid }, () => `The core (process ${pid}) has ended.`);
    });
}

/** How long a core may take for its sessions' last words. */
const endingMs = 15_000;

/** @returns the process that has ended, or undefined where none ran */
async function stop(context: CommandContext): Promise<number | undefined> {
  let pid: number | undefined;
  try {
    pid = await withCore(context, 'running', async (core) => {
      const answer = await core.call('core.stop', {});
      const patience = new AbortController();
      await Promise.race([core.closed, delay(endingMs, patience.signal).catch(() => undefined)]);
      patience.abort();
      return answer.pid;
    });
  } catch (thrown) {
    if (thrown instanceof FairleadError && thrown.code === 'core_unreachable') return undefined;
    throw thrown;
  }
  const deadline = performance.now() + endingMs;
  while (isAlive(pid)) {
    await delay(20);
    if (performance.now() < deadline) continue;
    throw new FairleadError('timed_out', `The core (process ${pid}) is still ending its sessions.`, {
      help: 'Wait a little, or end that process yourself.',
    });
  }
  return pid;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    // In a container without an init nobody collects the ended process: it stays as a zombie (proc(5), state Z).
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}
