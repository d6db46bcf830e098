/** `fairlead add`: configures a container and says what its server turned out to be. */
import type { Command } from 'commander';
import { containerName, signsIn, type Container, type ProbeReport } from '../../shared/container.ts';
import { FairleadError } from '../../shared/errors.ts';
import { addContainerOptions, interpretOptions } from '../containers/options.ts';
import { withCore, type CommandContext } from './context.ts';
import { plainLine } from './plain-text.ts';
import { readSecret } from './secret-input.ts';

export function declareAdd(command: Command, context: CommandContext): void {
  addContainerOptions(command.argument('<name>', 'what to call it').argument('<url>', 'its MCP endpoint'))
    .description('configure a container')
    .addHelpText(
      'after',
      '\nExample:\n  NOTES_KEY=… fairlead add notes https://notes.example.com/mcp --secret-env NOTES_KEY',
    )
    .action((name: string, url: string, options: Record<string, unknown>) =>
      add(context, { name, url, options }),
    );
}

async function add(
  context: CommandContext,
  { name, url, options }: { name: string; url: string; options: Record<string, unknown> },
): Promise<void> {
  const checkedName = containerName.safeParse(name);
  if (!checkedName.success) {
    throw new FairleadError('usage', checkedName.error.issues[0]?.message ?? 'That is not a name.', {
      help: 'Choose another name, such as notes.',
    });
  }
  const given = interpretOptions(url, withoutGlobals(options), context);
  const { draft } = given;
  if (draft === undefined) {
    throw new FairleadError('usage', 'The address is not a URL.', {
      help: 'Give one such as https://host/mcp.',
    });
  }
  const secret = await readSecret(given, context);
  const { passphraseEnv, passphraseStdin } = given;
  const passphrase = await readSecret({ secretEnv: passphraseEnv, secretStdin: passphraseStdin }, context);
  const { container, probe } = await withCore(context, 'start', (core) =>
    core.call('containers.add', {
      name,
      draft,
      probe: given.probe,
      ...(secret === undefined ? {} : { secret: secret.reveal() }),
      ...(passphrase === undefined ? {} : { passphrase: passphrase.reveal() }),
    }),
  );
  context.output.result(probe === undefined ? { container } : { container, probe }, () =>
    [
      `Added ${container.name}: ${container.url}`,
      ...(probe === undefined
        ? []
        : [
            plainLine(probe.summary),
            ...trust(probe, container),
            ...advice(probe, container, secret !== undefined),
          ]),
    ].join('\n'),
  );
}

/** Trust on first use is the person's to give. */
function trust({ key }: ProbeReport, { name }: Container): string[] {
  return key === undefined
    ? []
    : [`Its key is ${key}. To take no other from now on: fairlead pin accept ${name}`];
}

/** What is still to be done, where the server is not ready to be used. */
function advice({ outcome }: ProbeReport, container: Container, withSecret: boolean): string[] {
  const { name, auth } = container;
  const again = `\`fairlead remove ${name}\` and add it again`;
  switch (outcome) {
    case 'mcp':
      return [`Try it: fairlead tools ${name}`];
    case 'auth_required':
      if (auth.method === 'platform_token')
        return [`Try it: fairlead tools ${name}. It takes your platform account: see fairlead whoami.`];
      if (signsIn(container)) return [`Sign in: fairlead auth ${name}`];
      return [
        withSecret
          ? `The server did not take this key. Give it another: fairlead auth ${name} --secret-stdin`
          : `Give it its key: fairlead auth ${name} --secret-stdin, or --secret-env <variable>`,
      ];
    case 'not_mcp':
    case 'unreachable':
      return [`It is kept all the same. See \`fairlead doctor ${name}\`; if the address is wrong, ${again}.`];
  }
}

/** `--json` is every command's and says nothing of the container. */
function withoutGlobals(options: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => name !== 'json'));
}
