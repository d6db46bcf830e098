/** `fairlead pin`: the pins of a container's public key, and what is decided where the server shows another. */
import type { Command } from 'commander';
import type { PinReport } from '../../shared/control.ts';
import { withCore, type CommandContext } from './context.ts';

const deeds = {
  show: { command: 'pins.show', does: 'show the pins, and the key that was seen instead of them' },
  accept: {
    command: 'pins.accept',
    does: 'pin the key that was seen instead, or the one that the server holds now',
  },
  keep: { command: 'pins.keep', does: 'keep the pins; calls go on once the server shows one of them' },
} as const;

export function declarePin(command: Command, context: CommandContext): void {
  command
    .description("pins of a container's public key")
    .addHelpText('after', '\nExample:\n  fairlead pin accept notes');
  for (const [name, { command: asked, does }] of Object.entries(deeds)) {
    command
      .command(name)
      .description(does)
      .argument('<name>')
      .option('--json', 'print one JSON document and nothing else')
      .addHelpText('after', `\nExample:\n  fairlead pin ${name} notes`)
      .action(async (container: string) => {
        const report = await withCore(context, 'start', (core) => core.call(asked, { name: container }));
        context.output.result(report, () => told(report));
      });
  }
}

function told({ container, seen, replaced = [] }: PinReport): string {
  const { name, tls } = container;
  const pins = tls.pins ?? [];
  const lines =
    pins.length === 0
      ? [`${name} is not pinned. To pin the key that it shows now: fairlead pin accept ${name}`]
      : [`${name} is pinned to:`, ...pins.map((pin) => `  ${pin}`)];
  if (replaced.length > 0) lines.push('In place of:', ...replaced.map((pin) => `  ${pin}`));
  if (seen !== undefined) {
    lines.push(
      'Its server has shown another key, and nothing is sent to it:',
      `  ${seen}`,
      `If its owner has changed it: fairlead pin accept ${name}. If not: fairlead pin keep ${name}, once that is mended.`,
    );
  }
  return lines.join('\n');
}
