/** Codex, in a terminal and in editors. */
import { below, folderIn, inHome, plainEntry, type KnownClient, type Machine } from './known-client.ts';

const folder = (machine: Machine) => folderIn(machine, 'CODEX_HOME') ?? inHome(machine, '.codex');

export const codex: KnownClient = {
  id: 'codex',
  title: 'Codex',
  format: 'toml',
  keys: ['mcp_servers'],
  config: (machine) => below(machine, folder(machine), 'config.toml'),
  traces: (machine) => [folder(machine)],
  entry: plainEntry,
  names: /^[\w-]+$/,
  takesUp: 'session',
};
