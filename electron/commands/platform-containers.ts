/** `fairlead platform`: the account's containers, listed, started, stopped, registered, renamed and removed. */
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { pin as pinSchema } from '../../shared/container.ts';
import type { ContainerRow } from '../../shared/platform-api.ts';
import type { AccountContainer } from '../../shared/platform-control.ts';
import { withCore, type CommandContext } from './context.ts';
import { table } from './output.ts';
import { plainLine } from './plain-text.ts';
import { registeredText } from './registered-text.ts';
import { currencyText } from './status.ts';

interface AddOptions {
  auth: AuthMethod;
  /** `false` for --no-pin; `true` where neither is given. */
  pin: string | boolean;
  ca?: string;
}

export function declarePlatform(command: Command, context: CommandContext): void {
  command
    .description("your platform account's containers")
    .addHelpText('after', '\nExample:\n  fairlead platform list');
  const declare = (name: string, does: string, example: string) =>
    command
      .command(name)
      .description(does)
      .option('--json', 'print one JSON document and nothing else')
      .addHelpText('after', `\nExample:\n  fairlead platform ${name}${example}`);

  declare('list', 'list them, and how each stands', '').action(() => list(context));
  declare('start', 'start a hosted one, and wait until it runs', ' notes')
    .argument('<name>')
    .action((name: string) => run(context, 'start', name));
  declare('stop', 'stop a hosted one, and wait until it sleeps', ' notes')
    .argument('<name>')
    .action((name: string) => run(context, 'stop', name));
  declare(
    'add',
    'register a server of yours: it is looked at, and its key is pinned',
    ' notes https://notes.example.com/mcp',
  )
    .argument('<name>')
    .argument('<url>', 'its MCP endpoint')
    .option('--auth <method>', 'how it is entered: platform, mtls or api-key', readMethod, 'platform_token')
    .option(
      '--pin <pin>',
      'sha256/<base64> of its public key (default: of the one that it shows now)',
      readPin,
    )
    .option('--no-pin', 'do not pin its key')
    .option('--ca <file>', 'PEM file of the authority that signed its certificate')
    .action((name: string, url: string, options: AddOptions) => add(context, { name, url, options }));
  declare('rename', 'give one another name', ' notes my-notes')
    .argument('<name>')
    .argument('<new>')
    .action((name: string, to: string) => rename(context, { name, to }));
  declare('remove', 'remove one from the account; what a hosted one keeps is deleted with it', ' notes')
    .argument('<name>')
    .action((name: string) => remove(context, name));
}

async function list(context: CommandContext): Promise<void> {
  const answer = await withCore(context, 'start', (core) => core.call('platform.containers', {}));
  const { containers, currency, issuer } = answer;
  context.output.result(answer, () =>
    [
      containers.length === 0
        ? `No containers at ${issuer} yet. Register one: fairlead platform add <name> <url>`
        : table(['NAME', 'KIND', 'STATUS', 'AUTH', 'AT'], containers.map(columns)),
      ...(currency === undefined || currency.state === 'live' ? [] : [currencyText(currency)]),
    ].join('\n'),
  );
}

function columns({ row, name }: AccountContainer): string[] {
  const shown = name === undefined ? `${row.name} (of no use here)` : name;
  return [
    shown,
    row.type,
    row.status,
    row.type === 'hosted' ? 'platform' : entries[row.auth_method],
    row.mcp_endpoint,
  ];
}

const entries: Record<ContainerRow['auth_method'], string> = {
  platform_token: 'platform',
  mtls: 'mtls',
  api_key: 'key',
};

async function run(context: CommandContext, deed: 'start' | 'stop', name: string): Promise<void> {
  const done = await withCore(context, 'start', (core) => core.call(`platform.${deed}`, { name }));
  context.output.result(done, () =>
    deed === 'start'
      ? `${nameOf(done)} is running.`
      : `${nameOf(done)} sleeps; the next call to it wakes it.`,
  );
}

async function add(
  context: CommandContext,
  { name, url, options }: { name: string; url: string; options: AddOptions },
): Promise<void> {
  const { auth, pin, ca } = options;
  const registered = await withCore(context, 'start', (core) =>
    core.call('platform.add', {
      ...{ name, url, authMethod: auth },
      ...(typeof pin === 'string' && { pin }),
      ...(pin === false && { pin: 'none' as const }),
      ...(ca !== undefined && { ca: resolve(context.cwd, ca) }),
    }),
  );
  context.output.result(registered, () => registeredText(registered));
}

async function rename(context: CommandContext, input: { name: string; to: string }): Promise<void> {
  const renamed = await withCore(context, 'start', (core) => core.call('platform.rename', input));
  context.output.result(
    renamed,
    () => `${plainLine(input.name, 64)} is called ${nameOf(renamed)} from now on.`,
  );
}

async function remove(context: CommandContext, name: string): Promise<void> {
  const removed = await withCore(context, 'start', (core) => core.call('platform.remove', { name }));
  context.output.result(removed, () => `Removed ${nameOf(removed)} from your platform account.`);
}

function nameOf({ row, name }: AccountContainer): string {
  return plainLine(name ?? row.name, 64);
}

type AuthMethod = ContainerRow['auth_method'];

function readMethod(text: string): AuthMethod {
  const methods = new Map<string, AuthMethod>([
    ['platform', 'platform_token'],
    ['mtls', 'mtls'],
    ['api-key', 'api_key'],
  ]);
  const method = methods.get(text);
  if (method !== undefined) return method;
  throw new InvalidArgumentError('It takes platform, mtls or api-key.');
}

function readPin(text: string): string {
  if (pinSchema.safeParse(text).success) return text;
  throw new InvalidArgumentError('A pin looks like sha256/<44 characters of base64>.');
}
