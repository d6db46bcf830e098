/** What has changed of a container's tools, as `fairlead tools` shows and accepts it. All of it is a stranger's text. */
import type { Change } from '../../shared/control.ts';
import { changeLevel, toolGlob, type ChangeLevel } from '../../shared/policy.ts';
import { FairleadError } from '../../shared/errors.ts';
import { withCore, type CommandContext } from './context.ts';
import type { Output } from './output.ts';
import { plainLine } from './plain-text.ts';

/** A terminal is no place for more; `--json` gives all of it. */
const maxLines = 200;

/** The lines that went and those that came, with what stands around them. */
export function changeText({ before, now }: Change, output: Output): string {
  const [old, young] = [linesOf(before), linesOf(now)];
  const shorter = Math.min(old.length, young.length);
  let head = 0;
  while (head < shorter && old[head] === young[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && old.at(-1 - tail) === young.at(-1 - tail)) tail += 1;
  const marked = (sign: string, lines: readonly string[]) =>
    lines.map((line) => `    ${sign} ${/^ */.exec(line)?.[0] ?? ''}${plainLine(line, 400)}`);
  const lines = [
    ...marked(' ', old.slice(Math.max(0, head - 2), head)),
    ...marked('-', old.slice(head, old.length - tail)).map((line) => output.paint('red', line)),
    ...marked('+', young.slice(head, young.length - tail)).map((line) => output.paint('green', line)),
    ...marked(' ', old.slice(old.length - tail).slice(0, 2)),
  ];
  return [
    ...lines.slice(0, maxLines),
    ...(lines.length > maxLines ? ['    … --json gives all of it'] : []),
  ].join('\n');
}

export async function accept(
  context: CommandContext,
  { name, tool }: { name: string; tool: string | undefined },
): Promise<void> {
  if (tool !== undefined && !toolGlob.safeParse(tool).success) throw usage('That is no name of a tool.');
  const accepted = await withCore(context, 'start', (core) =>
    core.call('tools.accept', { name, ...(tool !== undefined && { tool }) }),
  );
  context.output.result(accepted, () =>
    [
      ...accepted.tools.map((each) => `Accepted ${plainLine(each, 80)} as it is now.`),
      ...(accepted.instructions ? ['Accepted its instructions as they are now.'] : []),
    ].join('\n'),
  );
}

export async function setLevel(
  context: CommandContext,
  { name, level }: { name: string; level: string },
): Promise<void> {
  const chosen = changeLevel.safeParse(level);
  if (!chosen.success) throw usage('--changes takes off, warn or hold.');
  const report = await withCore(context, 'start', (core) =>
    core.call('policy.changes', { name, level: chosen.data }),
  );
  context.output.result(report, () => `Tools of ${name} that change ${does[chosen.data]}.`);
}

const does: Record<ChangeLevel, string> = {
  off: 'go on as if nothing were',
  warn: 'go on, and are shown as changed',
  hold: 'are held back until you accept them',
};

/** A definition is on one line as it is kept. */
function linesOf(text: string): readonly string[] {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2).split('\n');
  } catch {
    return text.split('\n');
  }
}

function usage(message: string): FairleadError {
  return new FairleadError('usage', message, { help: 'Run it with --help to see how it is used.' });
}
