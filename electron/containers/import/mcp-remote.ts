/** Reads an entry of `mcp-remote <url> [callback port] [options]`: all that its version 0.15 takes. */
import { readFlags } from './flags.ts';
import { mcpRemoteFlags, type McpRemoteFlags, type ReadingContext } from './mcp-remote-flags.ts';
import { noteLeftOut, signInAt } from './mcp-remote-sign-in.ts';
import type { Findings, Found } from './reading.ts';

export function readMcpRemote(args: readonly string[], context: ReadingContext): Found {
  const { findings, variables } = context;
  const { positionals, given, unclear } = readFlags(args, mcpRemoteFlags, { equals: false });
  const [url = '', port, ...others] = positionals;
  if (unclear || others.length > 0)
    findings.reasons.add('It has an option, or an argument, that Fairlead does not know.');
  noteLeftOut(given, findings);
  const seconds = Math.ceil(Number(given.get('--headers-timeout')?.[0] ?? Number.NaN));
  return {
    source: 'mcp-remote',
    url: variables.expand(url),
    transport: transportOf(given, findings),
    headers: [...linesGiven(given), ...linesInFiles(given, context)].flatMap((line): [string, string][] => {
      const [, name, value] = /^([A-Za-z0-9_-]+):\s*(.*)$/s.exec(line) ?? [];
      if (name !== undefined && value !== undefined) return [[name, variables.expand(value)]];
      findings.notes.add('A header that is not "Name: value" is left out, as mcp-remote does.');
      return [];
    }),
    signIn: signInAt(given, portOf(port), context),
    deniedTools: ignoredTools(given, findings),
    // 0 is for ever there.
    timeoutSeconds: Number.isNaN(seconds) || seconds < 0 ? undefined : Math.min(seconds || 86_400, 86_400),
  };
}

/** No tool that is off there may be on here; a rule of ours takes in more where there is a `?`, which is just that there. */
function ignoredTools(given: McpRemoteFlags, { notes }: Findings): readonly string[] {
  const globs = given.get('--ignore-tool') ?? [];
  if (globs.some((glob) => glob.includes('?')))
    notes.add('In the names of its --ignore-tool, ? stands for any one character now.');
  return globs;
}

function linesGiven(given: McpRemoteFlags): readonly string[] {
  return given.get('--header') ?? [];
}

function linesInFiles(given: McpRemoteFlags, { around, findings, variables }: ReadingContext): string[] {
  return (given.get('--header-file') ?? []).flatMap((path) => {
    const text = around.readText(variables.expand(path));
    if (text === undefined) findings.reasons.add('The file of --header-file cannot be read.');
    const lines = (text ?? '').split(/\r?\n/).map((line) => line.trim());
    return lines.filter((line) => line !== '' && !line.startsWith('#'));
  });
}

function transportOf(given: McpRemoteFlags, findings: Findings): Found['transport'] {
  switch (given.get('--transport')?.[0]) {
    case 'http-only':
      return 'http';
    case 'sse-only':
      return 'sse';
    case 'sse-first':
      findings.notes.add('Streamable HTTP is tried first, and SSE where the server does not have it.');
      return 'auto';
    default:
      return 'auto';
  }
}

function portOf(text: string | undefined): number | undefined {
  const port = Number.parseInt(text ?? '', 10);
  return port >= 1 && port <= 65_535 ? port : undefined;
}
