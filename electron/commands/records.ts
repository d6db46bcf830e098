/** `fairlead logs` and `fairlead audit`: named events, and who called what. Without a core, from its files. */
import { type Command, InvalidArgumentError } from 'commander';
import type { AuditLine } from '../../shared/control.ts';
import { FairleadError } from '../../shared/errors.ts';
import type { LogEntry } from '../../shared/status.ts';
import { readAudit } from '../control/audit-log.ts';
import { readLog } from '../control/log-store.ts';
import { withCore, type CommandContext } from './context.ts';
import { durationText, table, timeText, type Output } from './output.ts';
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
      const entries = await recorded(
        context,
        (core) => core.call('logs', { last }),
        () => readLog(context.paths.log, last),
      );
      context.output.result(entries, () =>
        entries.length === 0
          ? 'Nothing has been logged yet.'
          : entries.map((entry) => describe(entry, context.output)).join('\n'),
      );
    });
}

export function declareAudit(command: Command, context: CommandContext): void {
  command
    .description('show who called what')
    .option('-n, --last <count>', 'how many', countUpTo(100_000), 100)
    .addHelpText('after', '\nExample:\n  fairlead audit --json -n 1000')
    .action(async ({ last }: { last: number }) => {
      const lines = await recorded(
        context,
        (core) => core.call('audit', { last }),
        () => readAudit(context.paths.audit, last),
      );
      context.output.result(lines, () =>
        lines.length === 0 ? 'Nothing has been called yet.' : auditTable(lines),
      );
    });
}

/** Why a core ended is asked when there is none. */
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
  await withCore(context, 'running', async (core) => {
    for (const entry of await core.call('logs', { last })) show(entry);
    core.subscribe({ log: show });
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

function auditTable(lines: readonly AuditLine[]): string {
  const rows = lines.map((line) => [
    timeText(line.at),
    line.container,
    line.client ?? 'unknown',
    line.tool === undefined ? line.method : `${line.method} ${line.tool}`,
    line.error === undefined ? line.outcome : `${line.outcome} (${line.error})`,
    durationText(line.durationMs),
  ]);
  return table(['AT', 'CONTAINER', 'CLIENT', 'CALLED', 'OUTCOME', 'TIME'], rows);
}

function countUpTo(most: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (/^\d+$/.test(text) && count <= most) return count;
    throw new InvalidArgumentError(`It takes a number from 0 to ${most}.`);
  };
}
