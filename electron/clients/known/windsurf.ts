/** Windsurf, the editor. */
import { inHome, plainEntry, type KnownClient } from './known-client.ts';

export const windsurf: KnownClient = {
  id: 'windsurf',
  title: 'Windsurf',
  format: 'json',
  keys: ['mcpServers'],
  config: (machine) => inHome(machine, '.codeium', 'windsurf', 'mcp_config.json'),
  traces: (machine) => [inHome(machine, '.codeium', 'windsurf')],
  entry: plainEntry,
  takesUp: 'restart',
};
