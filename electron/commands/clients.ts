/** `fairlead clients`: the MCP clients on this machine, where their configs are, and which containers they name. */
import { homedir } from 'node:os';
import type { Command } from 'commander';
import { clientVariables, type FoundClient, type PersonsMachine } from '../../shared/clients-control.ts';
import { withCore, type CommandContext } from './context.ts';
import { table } from './output.ts';
import { plainLine } from './plain-text.ts';

/** As this shell sees it: the core may have been started from somewhere else. */
export function machineOf({ env }: Pick<CommandContext, 'env'>): PersonsMachine {
  const given = clientVariables.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { home: homedir(), env: Object.fromEntries(given) };
}

export function declareClients(command: Command, context: CommandContext): void {
  command
    .description('list the MCP clients on this machine, and which containers they name')
    .addHelpText('after', '\nExample:\n  fairlead clients')
    .action(async () => {
      const machine = machineOf(context);
      const clients = await withCore(context, 'start', (core) => core.call('clients.list', { machine }));
      context.output.result(clients, () => clientsText(clients));
    });
}

function clientsText(clients: readonly FoundClient[]): string {
  const rows = clients.map((client) => {
    const containers = client.entries.map(({ name, container }) =>
      name === container ? name : `${container} (as ${name})`,
    );
    return [client.id, client.title, client.found ? 'found' : '-', containers.join(', '), client.path];
  });
  const notes = clients.flatMap(({ title, error, duplicates }) => [
    ...(error === undefined ? [] : [`${title}: ${plainLine(`${error.message} ${error.help ?? ''}`)}`]),
    ...duplicates.map((name) => `${title}: "${plainLine(name, 64)}" is there more than once.`),
  ]);
  return [table(['ID', 'CLIENT', 'HERE', 'CONTAINERS', 'CONFIG'], rows), ...notes].join('\n');
}
