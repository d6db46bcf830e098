/** `fairlead activity`: the last requests of all clients and how far each has come, live with `-f`. */
import type { Command } from 'commander';
import type { Activity } from '../../shared/status.ts';
import { withCore, type CommandContext } from './context.ts';
import { durationText, table, timeText } from './output.ts';
import { plainLine } from './plain-text.ts';
import { countUpTo, follow } from './records.ts';

export function declareActivity(command: Command, context: CommandContext): void {
  command
    .description('show the last requests, and those that are under way')
    .option('-n, --last <count>', 'how many', countUpTo(1_000), 50)
    .option('-f, --follow', 'go on with each change, until Ctrl-C (--json: one document per line)')
    .addHelpText('after', '\nExample:\n  fairlead activity -f')
    .action(async ({ last, follow }: { last: number; follow?: true }) => {
      if (follow === true) {
        await followActivity(context, last);
        return;
      }
      const rows = await withCore(context, 'running', (core) => core.call('activity', { last }));
      context.output.result(rows, () =>
        rows.length === 0
          ? 'Nothing has been asked since the core began.'
          : table(
              ['AT', 'CONTAINER', 'CLIENT', 'CALLED', 'PHASE', 'SENT', 'ANSWERING', 'TIME'],
              rows.map(cells),
            ),
      );
    });
}

async function followActivity(context: CommandContext, last: number): Promise<void> {
  const { output } = context;
  const show = (row: Activity) => output.item(row, () => lineOf(row));
  await follow(context, async (core) => {
    // Before asking for what was: nothing may come between.
    core.subscribe({ activity: show });
    for (const row of await core.call('activity', { last })) show(row);
  });
}

function cells(row: Activity): string[] {
  const { at, container, client, connectedMs, firstByteMs, durationMs } = row;
  return [
    timeText(at),
    container,
    client ?? 'unknown',
    called(row),
    phaseText(row),
    ...[connectedMs, firstByteMs, durationMs].map((ms) => (ms === undefined ? '' : durationText(ms))),
  ];
}

/** One change of one request: its number tells which. */
function lineOf(row: Activity): string {
  const { id, at, container, client = 'unknown' } = row;
  const since = sinceStart(row);
  const after = since === undefined ? '' : `after ${durationText(since)}`;
  return [timeText(at), `#${id}`, container, client, called(row), phaseText(row), after]
    .map((part) => plainLine(part))
    .filter((part) => part !== '')
    .join('  ');
}

function called({ method, tool }: Activity): string {
  return tool === undefined ? method : `${method} ${tool}`;
}

function phaseText({ phase, outcome = 'ok', error }: Activity): string {
  if (phase !== 'done') return phase.replace('_', ' ');
  return error === undefined ? outcome : `${outcome} (${error})`;
}

function sinceStart({ phase, connectedMs, firstByteMs, durationMs }: Activity): number | undefined {
  switch (phase) {
    case 'queued':
      return undefined;
    case 'connected':
      return connectedMs;
    case 'first_byte':
      return firstByteMs;
    case 'done':
      return durationMs;
  }
}
