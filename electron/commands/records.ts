/** `fairlead logs`: named events. Without a core, from its files. */
import { type Command, InvalidArgumentError } from 'commander';
import { FairleadError } from '../../shared/errors.ts';
import type { AuditLine } from '../../shared/audit.ts';
import type { LogEntry } from '../../shared/status.ts';
import { readAudit } from '../control/audit-log.ts';
import { readLog } from '../control/log-store.ts';
import { withCore, type CommandContext } from './context.ts';
import { timeText, type Output } from './output.ts';
import { plainLine } from './plain-text.ts';

export function declareLogs(command: Command, context: CommandContext): void {
  command
    .description("show the core's last events")
    .option('-n, --last <count>', 'how many', countUpTo(10_000), 100)
    .option('-f, --follow', 'go on as they come, until Ctrl-C (--json: one document per line)')
    .addHelpText('after', '\nExample:\n  fairlead logs -f')
    .action(async ({ last, follow }: { last: number; follow?: true }) => {
      if (follow === true) {
        await followLogs(context, last);
        return;
      }
      const entries = await recordedEvents(context, last);
      context.output.result(entries, () =>
        entries.length === 0
          ? 'Nothing has been logged yet.'
          : entries.map((entry) => describe(entry, context.output)).join('\n'),
      );
    });
}

/** The last `count` lines of the audit, oldest first. */
export function recordedAudit(context: CommandContext, count: number): Promise<AuditLine[]> {
  return recorded(
    context,
    (core) => core.call('audit', { last: count }),
    () => readAudit(context.paths.audit, count),
  );
}

/** The last `count` named events, oldest first. */
export function recordedEvents(context: CommandContext, count: number): Promise<LogEntry[]> {
  return recorded(
    context,
    (core) => core.call('logs', { last: count }),
    () => readLog(context.paths.log, count),
  );
}

/** What was recorded, from the core, which may not have written all of it yet; without one from its files, as why a core
 *  ended is asked when there is none. */
async function recorded<T>(
  context: CommandContext,
  live: Parameters<typeof withCore<T>>[2],
  kept: () => Promise<T>,
): Promise<T> {
  try {
    return await withCore(context, 'running', live);
  } catch (thrown) {
    if (!(thrown instanceof FairleadError) || thrown.code !== 'core_unreachable') throw thrown;
    return kept();
  }
}

async function followLogs(context: CommandContext, last: number): Promise<void> {
  const { output } = context;
  const show = (entry: LogEntry) => output.item(entry, () => describe(entry, output));
  await follow(context, async (core) => {
    let began = false;
    const early: LogEntry[] = [];
    // Before asking for what was: nothing may come between, nor twice.
    core.subscribe({ log: (entry) => (began ? show(entry) : early.push(entry)) });
    const earlier = await core.call('logs', { last });
    const known = new Set(earlier.map((entry) => JSON.stringify(entry)));
    for (const entry of [...earlier, ...early.filter((each) => !known.has(JSON.stringify(each)))])
      show(entry);
    began = true;
  });
}

/** Stays with the core, to show what `begin` subscribes to. Throws core_lost when the core ends. */
export async function follow(
  context: CommandContext,
  begin: Parameters<typeof withCore<void>>[2],
): Promise<never> {
  await withCore(context, 'running', async (core) => {
    await begin(core);
    await core.closed;
  });
  throw new FairleadError('core_lost', 'The core has ended.', { help: 'Start it with `fairlead core`.' });
}

function describe({ at, level, event, fields }: LogEntry, output: Output): string {
  const details = Object.entries(fields).map(([name, value]) => `${name}=${plainLine(String(value))}`);
  const line = [timeText(at), level.padEnd(5), event, ...details].join('  ');
  if (level === 'error') return output.paint('red', line);
  return level === 'warn' ? output.paint('yellow', line) : line;
}

/** For options that say how many. */
export function countUpTo(most: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (/^\d+$/.test(text) && count <= most) return count;
    throw new InvalidArgumentError(`It takes a number from 0 to ${most}.`);
  };
}
