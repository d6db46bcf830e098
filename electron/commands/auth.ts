/** `fairlead auth`: signs in to a container now and waits for it, signs out of it, or takes the key for it. */
import type { Command } from 'commander';
import { byPlatform } from '../../shared/container.ts';
import { FairleadError } from '../../shared/errors.ts';
import type { Secret } from '../runtime/secret.ts';
import { withCore, type CommandContext } from './context.ts';
import { readSecret } from './secret-input.ts';
import { showSignIn } from './sign-in-link.ts';

interface Options {
  fresh?: boolean;
  forget?: boolean;
  secretEnv?: string;
  secretStdin?: boolean;
}

export function declareAuth(command: Command, context: CommandContext): void {
  command
    .description('sign in to a container now, sign out of it, or give it its key')
    .argument('<name>')
    .option('--fresh', 'sign in anew although signed in')
    .option('--forget', 'sign out: tokens are revoked and deleted')
    .option('--secret-env <variable>', 'keep the key in this environment variable for it')
    .option('--secret-stdin', 'keep the key that comes on standard input for it')
    .addHelpText('after', '\nExample:\n  fairlead auth notes')
    .action((name: string, options: Options) => auth(context, name, options));
}

async function auth(context: CommandContext, name: string, options: Options): Promise<void> {
  const { fresh = false, forget = false, secretEnv, secretStdin = false } = options;
  const deeds = [fresh, forget, secretEnv !== undefined, secretStdin].filter(Boolean);
  if (deeds.length > 1) {
    throw new FairleadError(
      'usage',
      'Only one of --fresh, --forget, --secret-env and --secret-stdin is possible.',
    );
  }
  const secret = await readSecret({ secretEnv, secretStdin }, context);
  if (secret !== undefined) await keepKey(context, name, secret);
  else if (forget) await signOut(context, name);
  else await signIn(context, { name, fresh });
}

async function keepKey(context: CommandContext, name: string, secret: Secret): Promise<void> {
  const container = await withCore(context, 'start', (core) =>
    core.call('auth.key', { name, secret: secret.reveal() }),
  );
  context.output.result(
    container,
    () => `Kept the key for ${container.name}. Try it: fairlead tools ${container.name}`,
  );
}

async function signIn(context: CommandContext, input: { name: string; fresh: boolean }): Promise<void> {
  const { output } = context;
  const container = await withCore(context, 'start', (core) => {
    showSignIn(core, output, {
      to: input.name,
      waiting: ({ pendingSignIns, account, containers }) =>
        containers.some(({ container }) => container.name === input.name && byPlatform(container))
          ? account?.signIn
          : pendingSignIns.find((each) => each.container === input.name),
    });
    return core.call('auth', input);
  });
  output.result(container, () => `Signed in to ${container.name}.`);
}

async function signOut(context: CommandContext, name: string): Promise<void> {
  const container = await withCore(context, 'start', (core) => core.call('auth.forget', { name }));
  context.output.result(container, () => `Signed out of ${container.name}.`);
}
