/** An MCP client that starts what is written in its config, as programs do. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import type { Profile } from './fairlead.ts';

export interface ConfigEntry {
  readonly command: string;
  readonly args: string[];
  readonly env?: Record<string, string>;
}

/** Its environment is that of a program which was started from the desktop: it knows none of the shell's variables. */
export async function connectConfigured(entry: ConfigEntry, { env }: Profile): Promise<Client> {
  const others = Object.entries(env).filter(([name]) => name !== 'FAIRLEAD_HOME');
  const client = new Client({ name: 'test', version: '1' });
  const { command, args } = entry;
  await client.connect(
    new StdioClientTransport({ command, args, env: { ...Object.fromEntries(others), ...entry.env } }),
  );
  return client;
}
