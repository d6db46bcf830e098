/** Visual Studio Code: the servers of its default profile. */
import { inAppData, plainEntry, type KnownClient } from './known-client.ts';

export const vscode: KnownClient = {
  id: 'vscode',
  title: 'VS Code',
  format: 'json',
  keys: ['servers'],
  config: (machine) => inAppData(machine, 'Code', 'User', 'mcp.json'),
  traces: (machine) => [inAppData(machine, 'Code', 'User')],
  entry: (endpoint) => ({ type: 'stdio', ...plainEntry(endpoint) }),
  takesUp: 'itself',
};
