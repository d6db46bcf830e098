/** Gemini CLI, in a terminal: its servers of all projects. */
import { inHome, plainEntry, type KnownClient } from './known-client.ts';

export const gemini: KnownClient = {
  id: 'gemini',
  title: 'Gemini CLI',
  format: 'json',
  keys: ['mcpServers'],
  config: (machine) => inHome(machine, '.gemini', 'settings.json'),
  traces: (machine) => [inHome(machine, '.gemini')],
  entry: plainEntry,
  takesUp: 'session',
};
