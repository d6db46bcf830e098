/** LM Studio. */
import { inHome, plainEntry, type KnownClient } from './known-client.ts';

export const lmStudio: KnownClient = {
  id: 'lm-studio',
  title: 'LM Studio',
  format: 'json',
  keys: ['mcpServers'],
  config: (machine) => inHome(machine, '.lmstudio', 'mcp.json'),
  traces: (machine) => [inHome(machine, '.lmstudio')],
  entry: plainEntry,
  takesUp: 'itself',
};
