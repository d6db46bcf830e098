/** `fairlead import`: entries of other bridges in clients' configs lead through Fairlead from now on. */
import type { Command } from 'commander';
import type { Container } from '../../shared/container.ts';
import type { CommandInput } from '../../shared/control.ts';
import { exitStatus, reportedError, type ErrorReport } from '../../shared/errors.ts';
import type { FoundEntry, ImportReport } from '../../shared/import-control.ts';
import { machineOf } from './clients.ts';
import { withCore, type CommandContext } from './context.ts';
import { plainLine, plainText } from './plain-text.ts';

interface Options {
  readonly client?: string;
  readonly dryRun?: boolean;
}

export function declareImport(command: Command, context: CommandContext): void {
  command
    .description("make containers of mcp-remote's, supergateway's and url entries in clients' configs")
    .option('--client <id>', 'of this client alone: see `fairlead clients`')
    .option('--dry-run', 'print what would change, and change nothing')
    .addHelpText('after', '\nExample:\n  fairlead import --dry-run')
    .action(async ({ client, dryRun = false }: Options) => {
      const asked = { machine: machineOf(context), ...(client !== undefined && { client }) };
      const report = await withCore(context, 'start', async (core) => {
        const found = await core.call('import.find', asked);
        const variables = variablesFor(found, context.env);
        const input: CommandInput<'import.find'> = { ...asked, variables };
        if (!dryRun) return core.call('import.apply', input);
        return Object.keys(variables).length === 0 ? found : core.call('import.find', input);
      });
      context.output.result(report, () => reportText(report, dryRun));
      const [first] = report.failed;
      if (first === undefined) return;
      const { message, help = '' } = first.error;
      context.output.note(`fairlead: ${first.title}: ${message} ${help}`);
      context.exitWith(exitStatus(reportedError(first.error as ErrorReport)));
    });
}

/** Of this shell's, those alone that entries name and do not say themselves. */
function variablesFor({ entries }: ImportReport, env: NodeJS.ProcessEnv): Record<string, string> {
  const named = new Set(entries.flatMap(({ variables }) => variables));
  return Object.fromEntries(
    [...named].flatMap((name) => {
      const value = env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function reportText({ entries, changes, failed }: ImportReport, dryRun: boolean): string {
  if (entries.length === 0) return 'There is nothing to import.';
  const gone = new Set(failed.map(({ client }) => client));
  const isDone = ({ client, container }: FoundEntry) => container !== undefined && !gone.has(client);
  // Whoever uses one that was there before is signed in to it already.
  const signIns = new Set(
    entries.flatMap((each) => {
      const { auth, name, shared = true } = each.container ?? {};
      return isDone(each) && !shared && auth?.method === 'oauth' && name !== undefined ? [name] : [];
    }),
  );
  const ids = changes.map(({ client }) => client).join(', ');
  return [
    ...entries.map(entryText),
    ...changes.flatMap(({ diff }) => (diff === undefined ? [] : [plainText(diff).trimEnd()])),
    ...(dryRun || changes.length === 0
      ? []
      : [
          ...[...signIns].map((name) => `Sign in: fairlead auth ${name}`),
          `Undo: fairlead connect --undo --client <id> (${ids}); the containers stay.`,
          'Until then Fairlead keeps those configs as they were, keys included, for you alone to read. When all works: fairlead connect --forget-undo --client <id>.',
        ]),
  ].join('\n');
}

function entryText({ title, entry, container, reason, notes }: FoundEntry): string {
  const what = `${title}: ${plainLine(entry, 64)}`;
  const lines =
    container === undefined
      ? [`${what} is left as it is. ${reason ?? ''}`]
      : [
          `${what} → ${container.name}${container.shared ? ' (shared)' : ''}, ${plainLine(container.url)}, ${entryWay(container.auth)}`,
        ];
  return [...lines.map((line) => plainLine(line)), ...notes.map((note) => `  ${plainLine(note)}`)].join('\n');
}

function entryWay(auth: Container['auth']): string {
  switch (auth.method) {
    case 'none':
      return 'entered without a key';
    case 'api_key':
      return `key in ${auth.header}, kept in the vault`;
    case 'client_credentials':
      return 'client credentials';
    case 'oauth':
      return auth.clientId === undefined ? 'sign-in' : 'sign-in with its own OAuth client';
    case 'identity':
    case 'platform_token':
      return 'sign-in';
  }
}
