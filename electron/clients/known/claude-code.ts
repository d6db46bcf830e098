/** Claude Code, in a terminal: its servers of all projects. */
import { below, folderIn, inHome, plainEntry, type KnownClient, type Machine } from './known-client.ts';

const ownFolder = (machine: Machine) => folderIn(machine, 'CLAUDE_CONFIG_DIR');

export const claudeCode: KnownClient = {
  id: 'claude-code',
  title: 'Claude Code',
  format: 'json',
  keys: ['mcpServers'],
  config(machine) {
    const folder = ownFolder(machine);
    return folder === undefined ? inHome(machine, '.claude.json') : below(machine, folder, '.claude.json');
  },
  traces: (machine) => [ownFolder(machine) ?? inHome(machine, '.claude')],
  entry: (endpoint) => ({ type: 'stdio', ...plainEntry(endpoint) }),
  names: /^[\w-]+$/,
  takesUp: 'session',
};
