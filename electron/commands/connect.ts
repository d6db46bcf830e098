/** `fairlead connect` and `fairlead disconnect`: a container in a client's config, and out of it. */
import type { Command } from 'commander';
import { containerName } from '../../shared/container.ts';
import { FairleadError } from '../../shared/errors.ts';
import type { ConfigChange } from '../../shared/clients-control.ts';
import { machineOf } from './clients.ts';
import { withCore, type CommandContext } from './context.ts';
import { plainLine, plainText } from './plain-text.ts';

interface Options {
  readonly client: string;
  readonly name?: string;
  readonly dryRun?: boolean;
}

interface Undoing {
  readonly undo?: boolean;
  readonly forgetUndo?: boolean;
  readonly force?: boolean;
}

export function declareConnect(command: Command, context: CommandContext): void {
  command
    .description("write a container into a client's config, or undo the last change of it")
    .argument('[container]')
    .requiredOption('--client <id>', 'which client: see `fairlead clients`')
    .option('--name <entry>', "the entry's name in the client; default: the container's")
    .option('--undo', 'put back the config as it was before the last connect or disconnect')
    .option('--forget-undo', 'delete what --undo would put back')
    .option('--force', 'undo even if another program has changed it since')
    .option('--dry-run', 'print what would change, and change nothing')
    .addHelpText('after', '\nExample:\n  fairlead connect notes --client cursor')
    .action(async (container: string | undefined, options: Options & Undoing) => {
      const { client, name = container, undo = false, force = false, dryRun = false } = options;
      if (options.forgetUndo === true) {
        if (container !== undefined || options.name !== undefined || undo || force || dryRun)
          throw new FairleadError('usage', '--forget-undo goes with --client alone.');
        await forget(context, client);
        return;
      }
      if ((container === undefined) !== undo || (undo && options.name !== undefined) || (force && !undo))
        throw new FairleadError('usage', 'Give a container to connect, or --undo, which --force goes with.');
      const where = { client, machine: machineOf(context), dryRun };
      if (container === undefined || name === undefined) {
        const input = { ...where, force };
        const change = await withCore(context, 'start', (core) => core.call('clients.undo', input));
        show(context, change, { dryRun, done: 'Put back', idle: 'is as it was' });
        return;
      }
      if (!containerName.safeParse(name).success)
        throw new FairleadError('usage', `"${plainLine(name, 64)}" is not a name that an entry can have.`);
      const input = { ...where, container, entry: name };
      const change = await withCore(context, 'start', (core) => core.call('clients.connect', input));
      show(context, change, { dryRun, done: 'Changed', idle: 'has it already' });
    });
}

export function declareDisconnect(command: Command, context: CommandContext): void {
  command
    .description("take a container out of a client's config")
    .argument('<container>')
    .requiredOption('--client <id>', 'which client: see `fairlead clients`')
    .option('--name <entry>', 'only the entry of this name')
    .option('--dry-run', 'print what would change, and change nothing')
    .addHelpText('after', '\nExample:\n  fairlead disconnect notes --client cursor')
    .action(async (container: string, { client, name, dryRun = false }: Options) => {
      const input = { client, machine: machineOf(context), container, entry: name, dryRun };
      const change = await withCore(context, 'start', (core) => core.call('clients.disconnect', input));
      show(context, change, { dryRun, done: 'Changed', idle: 'does not have it' });
    });
}

async function forget(context: CommandContext, client: string): Promise<void> {
  const input = { client, machine: machineOf(context) };
  const forgotten = await withCore(context, 'start', (core) => core.call('clients.forget', input));
  context.output.result(forgotten, () => `Nothing is kept any more of what ${client}'s config was.`);
}

const takingUp: Readonly<Record<ConfigChange['takesUp'], (title: string) => string>> = {
  itself: (title) => `${title} takes it up by itself; where it does not, restart it.`,
  session: (title) => `${title} takes it up with its next session.`,
  restart: (title) => `Quit ${title} and start it again: it reads its config then.`,
};

function show(
  { output }: CommandContext,
  change: ConfigChange,
  { dryRun, done, idle }: { dryRun: boolean; done: string; idle: string },
): void {
  const { title, path, diff, takesUp } = change;
  const changed = diff !== undefined && !dryRun;
  output.result({ ...change, changed }, () => {
    if (diff === undefined) return `${title} ${idle}: ${plainLine(path)}`;
    if (dryRun) return plainText(diff);
    return `${done} ${plainLine(path)}\n${takingUp[takesUp](title)}`;
  });
}
