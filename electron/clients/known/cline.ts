/** Cline, in Visual Studio Code. */
import { inAppData, plainEntry, type KnownClient } from './known-client.ts';

const folder = ['Code', 'User', 'globalStorage', 'saoudrizwan.claude-dev'] as const;

export const cline: KnownClient = {
  id: 'cline',
  title: 'Cline',
  format: 'json',
  keys: ['mcpServers'],
  config: (machine) => inAppData(machine, ...folder, 'settings', 'cline_mcp_settings.json'),
  traces: (machine) => [inAppData(machine, ...folder)],
  entry: plainEntry,
  takesUp: 'itself',
};
