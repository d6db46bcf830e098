/** `fairlead pause` and `resume`: all that clients ask of containers, stopped and let through again. */
import { InvalidArgumentError, type Command } from 'commander';
import type { Pause } from '../../shared/policy.ts';
import { withCore, type CommandContext } from './context.ts';
import { timeText } from './output.ts';

export function declarePause(command: Command, context: CommandContext): void {
  command
    .description('stop all traffic: clients are told that you have paused it')
    .option('--for <minutes>', 'go on by itself after that', minutesOf)
    .addHelpText('after', '\nExample:\n  fairlead pause --for 30')
    .action(async ({ for: minutes }: { for?: number }) => {
      const pause = await withCore(context, 'start', (core) =>
        core.call('pause', { by: 'command', ...(minutes !== undefined && { minutes }) }),
      );
      context.output.result(pause, () => pauseText(pause));
    });
}

export function declareResume(command: Command, context: CommandContext): void {
  command
    .description('let traffic through again')
    .addHelpText('after', '\nExample:\n  fairlead resume')
    .action(async () => {
      const answer = await withCore(context, 'start', (core) => core.call('resume', {}));
      context.output.result(answer, () =>
        answer.ended === undefined ? 'Traffic was not paused.' : 'Traffic goes on.',
      );
    });
}

export function pauseText({ since, until }: Pause): string {
  const end =
    until === undefined
      ? 'To go on: fairlead resume'
      : `It goes on at ${timeText(until)}, or with fairlead resume.`;
  return `All traffic is paused since ${timeText(since)}. ${end}`;
}

function minutesOf(text: string): number {
  const minutes = Number(text);
  if (/^[\d.]+$/.test(text) && minutes > 0 && minutes <= 525_600) return minutes;
  throw new InvalidArgumentError('It takes a number of minutes, a year at most.');
}
