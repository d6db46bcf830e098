/** `fairlead auth`: signs in to a container now and waits for it, or signs out of it. */
import type { Command } from 'commander';
import { withCore, type CommandContext } from './context.ts';

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
    let shown = '';
    core.subscribe({
      snapshot({ pendingSignIns }) {
        const open = pendingSignIns.find((each) => each.container === input.name);
        // The browser is the core's to open, and may not be there: the link is always shown.
        if (open?.url === undefined || open.url === shown) return;
        shown = open.url;
        const code = open.userCode === undefined ? '' : ` and enter the code ${open.userCode}`;
        output.note(`Sign in to ${input.name}: open ${open.url}${code}`);
      },
    });
    return core.call('auth', input);
  });
  output.result(container, () => `Signed in to ${container.name}.`);
}

async function signOut(context: CommandContext, name: string): Promise<void> {
  const container = await withCore(context, 'start', (core) => core.call('auth.forget', { name }));
  context.output.result(container, () => `Signed out of ${container.name}.`);
}
