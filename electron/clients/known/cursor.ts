/** Cursor, the editor. */
import { inHome, plainEntry, type KnownClient } from './known-client.ts';

export const cursor: KnownClient = {
  id: 'cursor',
  title: 'Cursor',
  format: 'json',
  keys: ['mcpServers'],
  config: (machine) => inHome(machine, '.cursor', 'mcp.json'),
  traces: (machine) => [inHome(machine, '.cursor')],
  entry: plainEntry,
  takesUp: 'itself',
};
