/** `fairlead login`, `logout` and `whoami`: the platform account. */
import { type Command, InvalidArgumentError } from 'commander';
import { platformGrant, platformIssuer, type PlatformGrant } from '../../shared/platform.ts';
import { FairleadError } from '../../shared/errors.ts';
import { withCore, type CommandContext } from './context.ts';
import { table } from './output.ts';
import { plainLine } from './plain-text.ts';
import { showSignIn } from './sign-in-link.ts';

interface LoginOptions {
  platform?: string;
  grant?: PlatformGrant;
  fresh?: boolean;
}

export function declareLogin(command: Command, context: CommandContext): void {
  command
    .description('sign in to the platform')
    .option('--platform <issuer>', 'which one (default: FAIRLEAD_PLATFORM, or the last one)')
    .option('--grant <grant>', 'code or device (default: as the last time, else code)', readGrant)
    .option('--fresh', 'sign in anew although signed in')
    .addHelpText('after', '\nExample:\n  fairlead login --platform https://platform.example.com')
    .action((options: LoginOptions) => login(context, options));
}

async function login(context: CommandContext, options: LoginOptions): Promise<void> {
  const issuer = issuerOf(options.platform, context.env);
  const { grant, fresh = false } = options;
  const account = await withCore(context, 'start', (core) => {
    showSignIn(core, context.output, {
      to: issuer ?? 'the platform',
      waiting: ({ account: waiting }) => waiting?.signIn,
    });
    return core.call('platform.login', {
      fresh,
      ...(issuer !== undefined && { issuer }),
      ...(grant !== undefined && { grant }),
    });
  });
  context.output.result(account, () => `Signed in to ${account.issuer} as ${plainLine(account.email, 200)}.`);
}

export function declareLogout(command: Command, context: CommandContext): void {
  command
    .description('sign out of the platform: tokens are revoked and deleted')
    .addHelpText('after', '\nExample:\n  fairlead logout')
    .action(async () => {
      const { issuer } = await withCore(context, 'start', (core) => core.call('platform.logout', {}));
      context.output.result(issuer === undefined ? {} : { issuer }, () =>
        issuer === undefined ? 'Nobody was signed in to a platform.' : `Signed out of ${issuer}.`,
      );
    });
}

export function declareWhoami(command: Command, context: CommandContext): void {
  command
    .description('show whose platform account this is')
    .addHelpText('after', '\nExample:\n  fairlead whoami')
    .action(async () => {
      const account = await withCore(context, 'start', (core) => core.call('platform.account', {}));
      const { issuer, email, id, plan_tier: plan } = account;
      context.output.result(account, () =>
        table(['ACCOUNT', 'PLAN', 'ID', 'PLATFORM'], [[email, plan, id, issuer]]),
      );
    });
}

/** Of this command's environment: the core's may be older. */
function issuerOf(given: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  const text = given ?? env['FAIRLEAD_PLATFORM'] ?? '';
  if (text === '' && given === undefined) return undefined;
  const issuer = platformIssuer.safeParse(text);
  if (issuer.success) return issuer.data;
  const where = given === undefined ? 'FAIRLEAD_PLATFORM' : '--platform';
  throw new FairleadError('usage', `${where} takes the issuer of a platform.`, {
    help: 'Give an https:// URL, or http:// for this machine.',
  });
}

function readGrant(text: string): PlatformGrant {
  const grant = platformGrant.safeParse(text);
  if (grant.success) return grant.data;
  throw new InvalidArgumentError('It takes code or device.');
}
