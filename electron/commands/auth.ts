/** `fairlead auth`: signs in to a container now and waits for it, or signs out of it. */
import type { Command } from 'commander';
import type { Container } from '../../shared/container.ts';
import { withCore, type CommandContext } from './context.ts';
import { showSignIn } from './sign-in-link.ts';

interface Options {
  fresh?: boolean;
  forget?: boolean;
}

export function declareAuth(command: Command, context: CommandContext): void {
  command
    .description('sign in to a container now, or sign out of it')
    .argument('<name>')
    .option('--fresh', 'sign in anew although signed in')
    .option('--forget', 'sign out: tokens are revoked and deleted')
    .addHelpText('after', '\nExample:\n  fairlead auth notes')
    .action((name: string, { fresh = false, forget = false }: Options) =>
      forget ? signOut(context, name) : signIn(context, { name, fresh }),
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

function byPlatform({ auth }: Container): boolean {
  return auth.method === 'platform_token';
}

async function signOut(context: CommandContext, name: string): Promise<void> {
  const container = await withCore(context, 'start', (core) => core.call('auth.forget', { name }));
  context.output.result(container, () => `Signed out of ${container.name}.`);
}
