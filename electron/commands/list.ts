/** `fairlead list` and `fairlead remove`: what is configured, what a client's config gets, and forgetting it. */
import type { Command } from 'commander';
import type { Container } from '../../shared/container.ts';
import type { ListedContainer } from '../../shared/control.ts';
import { withCore, type CommandContext } from './context.ts';
import { entryFor } from './endpoint-entry.ts';
import { table } from './output.ts';

export function declareList(command: Command, context: CommandContext): void {
  command
    .description('list the configured containers')
    .option('--config <name>', "print what a client's config gets for this container")
    .addHelpText('after', '\nExample:\n  fairlead list --config notes')
    .action(async ({ config }: { config?: string }) => {
      const containers = await withCore(context, 'start', (core) => core.call('containers.list', {}));
      if (config === undefined) showList(context, containers);
      else showConfig(context, containers, config);
    });
}

export function declareRemove(command: Command, context: CommandContext): void {
  command
    .description('forget a container: its sessions end, its keychain entries are deleted')
    .argument('<name>')
    .addHelpText('after', '\nExample:\n  fairlead remove notes')
    .action(async (name: string) => {
      const removed = await withCore(context, 'start', (core) => core.call('containers.remove', { name }));
      context.output.result(removed, () => `Removed ${removed.name} and everything that was kept for it.`);
    });
}

function showList({ output }: CommandContext, containers: readonly ListedContainer[]): void {
  output.result(containers, () => {
    if (containers.length === 0) return 'No containers yet. Add one: fairlead add <name> <url>';
    const rows = containers.map((container) => {
      const { name, platform, status = '', url, transport, account = '' } = container;
      return [name, platform?.type ?? 'added', status, url, entryOf(container), transport, account];
    });
    return table(['NAME', 'KIND', 'STATUS', 'URL', 'AUTH', 'TRANSPORT', 'ACCOUNT'], rows);
  });
}

function entryOf({ auth, tls }: Container): string {
  switch (auth.method) {
    case 'none':
      return tls.clientCertificate === undefined ? 'none' : 'certificate';
    case 'api_key':
      return `key in ${auth.header}`;
    case 'oauth':
      return 'sign-in';
    case 'identity':
      return `sign-in at ${auth.provider}`;
    case 'client_credentials':
      return 'client credentials';
    case 'platform_token':
      return 'platform';
  }
}

/** As text the same: it is there to be copied. */
function showConfig(context: CommandContext, all: readonly Container[], name: string): void {
  const config = entryFor(context, all, name);
  context.output.result(config, () => JSON.stringify(config, undefined, 2));
}
