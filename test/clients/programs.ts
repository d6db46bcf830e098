/** The clients: how each is told of a stdio server in its own way, and how it says that it is connected. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { versionOf } from '../support/kit.ts';

/** One throw-away place for one client. */
export interface Place {
  readonly home: string;
  /** Of the endpoint: its program and arguments. */
  readonly endpoint: readonly string[];
  /** Of the endpoint, beside what the client gives it. */
  readonly endpointEnv: Readonly<Record<string, string>>;
}

export interface Client {
  readonly name: string;
  readonly version: string;
  /** Writes its config. @returns what Node is to run */
  prepare(place: Place): readonly string[];
  /** Whether it is connected, by what it prints. */
  readonly connected: RegExp;
}

/** Neither an account, nor a word to anybody. */
export const quietly = {
  CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  DISABLE_AUTOUPDATER: '1',
  DISABLE_ERROR_REPORTING: '1',
  DISABLE_TELEMETRY: '1',
  GEMINI_TELEMETRY_ENABLED: 'false',
  NO_COLOR: '1',
};

export function clientsIn(packages: string): readonly Client[] {
  return [
    ...['legacy', 'auto', 'modern'].map((era) => inspector(packages, era)),
    claude(packages),
    gemini(packages),
  ];
}

function inspector(packages: string, era: string): Client {
  const name = '@modelcontextprotocol/inspector';
  return {
    name: `Inspector \`--cli --protocol-era ${era}\`, which calls a tool`,
    version: versionOf(packages, name),
    prepare({ endpoint, endpointEnv }) {
      const env = Object.entries(endpointEnv).flatMap(([key, value]) => ['-e', `${key}=${value}`]);
      const call = ['--method', 'tools/call', '--tool-name', 'echo', '--tool-arg', 'text=through'];
      const program = join(packages, name, 'clients/launcher/build/index.js');
      return [program, '--cli', ...endpoint, ...env, '--protocol-era', era, ...call];
    },
    connected: /"text": *"through"/,
  };
}

const serversOf = ({ endpoint: [command, ...args], endpointEnv }: Place) => ({
  mcpServers: { container: { command, args, env: endpointEnv } },
});

function claude(packages: string): Client {
  const name = '@anthropic-ai/claude-code';
  return {
    name: '`claude mcp list`',
    version: versionOf(packages, name),
    prepare(place) {
      writeFileSync(join(place.home, '.claude.json'), JSON.stringify(serversOf(place)));
      return [join(packages, name, 'cli-wrapper.cjs'), 'mcp', 'list'];
    },
    connected: /^container: .* - \S+ Connected$/m,
  };
}

function gemini(packages: string): Client {
  const name = '@google/gemini-cli';
  return {
    name: '`gemini mcp list`',
    version: versionOf(packages, name),
    prepare(place) {
      const folder = join(place.home, '.gemini');
      mkdirSync(folder);
      const settings = {
        ...serversOf(place),
        // It starts no server in a folder that nobody has said to trust, and asks only on a terminal.
        security: { folderTrust: { enabled: false } },
        general: { enableAutoUpdate: false },
        privacy: { usageStatisticsEnabled: false },
      };
      writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
      return [join(packages, name, 'bundle/gemini.js'), 'mcp', 'list'];
    },
    connected: /container: .* - Connected$/m,
  };
}
