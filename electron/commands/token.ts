/** `fairlead token`: API tokens of the platform account, for programs that cannot sign in. */
import { type Command, InvalidArgumentError } from 'commander';
import { tokenScope, type TokenScope } from '../../shared/platform-api.ts';
import { withCore, type CommandContext } from './context.ts';
import { table } from './output.ts';
import { plainLine } from './plain-text.ts';

const scopes = tokenScope.options.join(', ');

export function declareToken(command: Command, context: CommandContext): void {
  command
    .description('API tokens of your platform account, for programs that cannot sign in')
    .addHelpText('after', '\nExample:\n  fairlead token list');
  const declare = (name: string, does: string, example: string) =>
    command
      .command(name)
      .description(does)
      .option('--json', 'print one JSON document and nothing else')
      .addHelpText('after', `\nExample:\n  fairlead token ${name}${example}`);

  declare('list', 'list them; what opens something is not shown again', '').action(() => list(context));
  declare('create', 'make one, and print it this once', ' backup --scope "mcp:tools mcp:resources" --days 30')
    .argument('<name>', 'what it is for')
    .requiredOption('--scope <scopes>', `what it allows: ${scopes}`, readScopes)
    .option('--days <count>', 'how long it lasts (default: as the platform has it)', readDays)
    .action((name: string, options: { scope: TokenScope[]; days?: number }) =>
      create(context, name, options),
    );
  declare('revoke', 'end one at once', ' token_0123456789abcdef01')
    .argument('<id>')
    .action((id: string) => revoke(context, id));
}

async function list(context: CommandContext): Promise<void> {
  const tokens = await withCore(context, 'start', (core) => core.call('tokens.list', {}));
  context.output.result(tokens, () =>
    tokens.length === 0
      ? 'No API tokens. Make one: fairlead token create <name> --scope <scopes>'
      : table(
          ['ID', 'NAME', 'SCOPES', 'UNTIL'],
          tokens.map(({ id, name, scopes: allowed, expires_at: until }) => [
            id,
            name,
            allowed.join(' '),
            until,
          ]),
        ),
  );
}

async function create(
  { output, ...context }: CommandContext,
  name: string,
  { scope, days }: { scope: TokenScope[]; days?: number },
): Promise<void> {
  const created = await withCore({ output, ...context }, 'start', (core) =>
    core.call('tokens.create', { name, scopes: scope, ...(days !== undefined && { days }) }),
  );
  const { id, expires_at: until } = created;
  output.note(
    `The API token ${plainLine(created.name, 100)} (${id}) lasts until ${until}. It is shown this once:`,
  );
  // Alone, so that it can be piped to where it is needed.
  output.result(created, () => plainLine(created.token));
}

async function revoke(context: CommandContext, id: string): Promise<void> {
  const revoked = await withCore(context, 'start', (core) => core.call('tokens.revoke', { id }));
  context.output.result(revoked, () => `Revoked ${plainLine(revoked.id, 200)}.`);
}

function readScopes(text: string): TokenScope[] {
  const wanted = tokenScope
    .array()
    .min(1)
    .safeParse(text.split(/[\s,]+/).filter((each) => each !== ''));
  if (wanted.success) return wanted.data;
  throw new InvalidArgumentError(`It takes one or more of ${scopes}.`);
}

function readDays(text: string): number {
  const days = Number(text);
  if (/^\d{1,4}$/.test(text) && days >= 1) return days;
  throw new InvalidArgumentError('It takes a whole number of days.');
}
