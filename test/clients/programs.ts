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
  /** Makes the container `container`, and has `fairlead connect` put it into the client's config. */
  readonly connect: (client: string) => void;
}

export interface Client {
  readonly name: string;
  readonly version: string;
  /** Writes its config. @returns what Node is to run */
  prepare(place: Place): readonly string[];
  /** Whether it is connected, by what it prints. */
  readonly connected: RegExp;
  /** It says what is in its config, and starts none of it without an account. */
  readonly onlyLists?: true;
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
    codex(packages),
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

function claude(packages: string): Client {
  const name = '@anthropic-ai/claude-code';
  return {
    name: '`claude mcp list`',
    version: versionOf(packages, name),
    prepare({ connect }) {
      connect('claude-code');
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
    prepare({ home, connect }) {
      const folder = join(home, '.gemini');
      mkdirSync(folder);
      const settings = {
        // It starts no server in a folder that nobody has said to trust, and asks only on a terminal.
        security: { folderTrust: { enabled: false } },
        general: { enableAutoUpdate: false },
        privacy: { usageStatisticsEnabled: false },
      };
      writeFileSync(join(folder, 'settings.json'), JSON.stringify(settings));
      connect('gemini');
      return [join(packages, name, 'bundle/gemini.js'), 'mcp', 'list'];
    },
    connected: /container: .* - Connected$/m,
  };
}

function codex(packages: string): Client {
  const name = '@openai/codex';
  return {
    name: '`codex mcp list`',
    version: versionOf(packages, name),
    prepare({ connect }) {
      connect('codex');
      return [join(packages, name, 'bin/codex.js'), 'mcp', 'list'];
    },
    connected: /^container +\S*node .*\benabled\b/m,
    onlyLists: true,
  };
}
