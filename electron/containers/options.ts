/** The options of `fairlead add` and of `fairlead stdio <url>`: declared once, read into a draft of a container. */
import { Command, CommanderError, Option } from 'commander';
import { containerName, transport } from '../../shared/container.ts';
import { containerDraft, type ContainerDraft } from '../../shared/control.ts';
import { FairleadError } from '../../shared/errors.ts';
import { rulesOf } from '../../shared/policy.ts';
import { readAddress } from './address.ts';
import { authOf, signInOptions, type RawAuth } from './auth-options.ts';
import { identityHelp, identityOptions } from './identity-options.ts';
import { refuseSecretOption, secretOptions } from './refused-options.ts';
import { secretSources, type RawSecrets, type SecretSources } from './secret-options.ts';
import { tlsOf, tlsOptions, type RawTls } from './tls-options.ts';

export interface ContainerArguments extends SecretSources {
  /** What was given for the container: a configured name, or the URL in its normal form. */
  readonly target: string;
  /** Undefined: the target is a configured name. */
  readonly draft: ContainerDraft | undefined;
  readonly probe: boolean;
}

/** Where the arguments were given: file names are relative to `cwd`; `env` is asked for the secret where it is given. */
export interface ArgumentContext {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
}

interface RawOptions extends RawAuth, RawTls, RawSecrets {
  transport?: string;
  account?: string;
  timeout?: string;
  allowTool?: string[];
  denyTool?: string[];
  probe: boolean;
}

/** Declares the options on a command. */
export function addContainerOptions(command: Command): Command {
  command
    .option(
      '--auth <method>',
      'none, api-key, platform, oauth, identity or client-credentials (default: found by probing)',
    )
    .option('--header <name>', 'header that carries the key (default: Authorization, as Bearer)')
    .option('--secret-env <variable>', 'take the key from this environment variable')
    .option('--secret-stdin', 'read the key, or the secret of --client-id, from standard input')
    .option('--transport <kind>', 'auto, http or sse')
    .option('--account <label>', 'tells several accounts at one URL apart')
    .option('--timeout <seconds>', 'limit for one request (default: 120)')
    .option('--pin <pin>', 'sha256/<base64> of its public key; may be repeated', collect)
    .option('--allow-tool <glob>', 'only tools with such a name; may be repeated', collect)
    .option('--deny-tool <glob>', 'no tools with such a name; may be repeated', collect)
    .option('--no-probe', 'do not ask the server what it is');
  for (const [flags, description] of [...tlsOptions, ...signInOptions, ...identityOptions])
    command.option(flags, description);
  for (const flags of secretOptions) command.addOption(new Option(flags).hideHelp());
  return command.addHelpText('after', identityHelp);
}

const collect = (value: string, all: string[] = []): string[] => [...all, value];

/**
 * Reads `<name or url> [options]`, as they follow `fairlead stdio`.
 * @throws FairleadError usage; its message quotes no value that could be a secret
 */
export function readContainerOptions(args: readonly string[], context: ArgumentContext): ContainerArguments {
  const command = addContainerOptions(new Command('stdio').argument('<container>'))
    .exitOverride()
    .configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  try {
    command.parse([...args], { from: 'user' });
  } catch (thrown) {
    if (thrown instanceof CommanderError) throw usageOf(thrown);
    throw thrown;
  }
  return interpretOptions(command.args[0] ?? '', command.opts(), context);
}

/** Reads what commander has parsed already. @throws FairleadError usage */
export function interpretOptions(
  target: string,
  options: Record<string, unknown>,
  context: ArgumentContext,
): ContainerArguments {
  refuseSecretOption(options);
  const raw = options as unknown as RawOptions;
  const rest = { ...secretSources(raw, context.env), probe: raw.probe };
  if (containerName.safeParse(target).success) {
    if (Object.keys(options).some((name) => name !== 'probe')) {
      throw usage(
        'These options go with a URL; a configured container has its own.',
        'Use `fairlead add` for them, or `fairlead allow` and `deny` for tools.',
      );
    }
    return { target, draft: undefined, ...rest };
  }
  const address = readAddress(target);
  if (address.status === 'refused') {
    throw usage(
      address.problem,
      'Give a configured name (see `fairlead list`), or a URL such as https://host/mcp.',
    );
  }
  return { target: address.url, draft: draftOf(address.url, raw, context), ...rest };
}

function draftOf(url: string, raw: RawOptions, context: ArgumentContext): ContainerDraft {
  const tls = tlsOf(raw, context.cwd);
  const auth = authOf(raw, context.cwd);
  const tools = rulesOf(raw.allowTool ?? [], raw.denyTool ?? []);
  const draft = containerDraft.safeParse({
    url,
    transport: raw.transport ?? 'auto',
    ...(auth === undefined ? {} : { auth }),
    tls,
    ...(raw.account === undefined ? {} : { account: raw.account }),
    ...(raw.timeout === undefined ? {} : { timeoutSeconds: Number(raw.timeout) }),
    ...(tools.length > 0 && { tools }),
  });
  if (draft.success) return draft.data;
  const wrong = String(draft.error.issues[0]?.path[0]);
  switch (wrong) {
    case 'transport':
      throw usage(`--transport takes ${transport.options.join(', ')}.`);
    case 'timeoutSeconds':
      throw usage('--timeout takes a whole number of seconds from 1 to 86400.');
    case 'auth':
      throw usage(
        '--header takes the name of a header alone.',
        'The key itself goes into --secret-env <variable>.',
      );
    case 'tools':
      throw usage('--allow-tool and --deny-tool take up to 200 characters of a name, with * and ?.');
    case 'account':
      throw usage('--account takes up to 200 characters.');
    default:
      throw usage('These options do not describe a container.');
  }
}

/** Commander's own sentence, without the values that it quotes: an unknown `--option=…` may hold a secret. */
export function usageOf(error: CommanderError): FairleadError {
  const help = 'Run it with --help to see how it is used.';
  if (error.code === 'commander.help') return usage('No command was given.', help);
  const [line = ''] = error.message.replace(/^error: /, '').split('\n');
  const sentence = line
    .replace(/(--?[\w-]+)=[^']*/g, '$1')
    .replace(/\.$/, '')
    .slice(0, 200);
  return usage(`${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`, help);
}

function usage(message: string, help?: string): FairleadError {
  return new FairleadError('usage', message, { help });
}
