/** What a person may copy from the demo: a client's config entry, and commands for a second terminal. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { runFairlead } from './programs.ts';

/** Claude Desktop's own file on this operating system. */
export function claudeConfigFile(env: NodeJS.ProcessEnv): string {
  const file = join('Claude', 'claude_desktop_config.json');
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Application Support', file);
  if (process.platform === 'win32')
    return join(env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), file);
  return join(env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), file);
}

/** A line for the shell that people have here: PowerShell on Windows, else any POSIX shell. */
export function shellCommand(home: string, args: readonly string[]): string {
  const words = ['node', ...args].map(quoted).join(' ');
  return process.platform === 'win32'
    ? `$env:FAIRLEAD_HOME=${quoted(home)}; ${words}`
    : `FAIRLEAD_HOME=${quoted(home)} ${words}`;
}

function quoted(word: string): string {
  if (/^[\w./:=@-]+$/.test(word)) return word;
  const inner = process.platform === 'win32' ? word.replaceAll("'", "''") : word.replaceAll("'", "'\\''");
  return `'${inner}'`;
}

const entry = z.object({ command: z.string(), args: z.array(z.string()) });

/** What `fairlead list --config` prints, as a client's whole file, and leading to the profile in `env`. */
export async function clientConfig(name: string, env: NodeJS.ProcessEnv): Promise<string> {
  const printed: unknown = JSON.parse(await runFairlead(['list', '--config', name, '--json'], { env }));
  const server = { ...entry.parse(printed), env: { FAIRLEAD_HOME: env['FAIRLEAD_HOME'] } };
  const oneLine = (value: unknown) => JSON.stringify(value, undefined, 1).replace(/\n */g, ' ');
  const members = Object.entries(server).map(([key, value]) => `    "${key}": ${oneLine(value)}`);
  return `{ "mcpServers": { ${JSON.stringify(name)}: {\n${members.join(',\n')} } } }`;
}
