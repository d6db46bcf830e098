/** Reads an entry of `supergateway --streamableHttp|--sse <url>`. */
import { readFlags, splitAt, type Flags } from './flags.ts';
import type { Findings, Found } from './reading.ts';
import type { Variables } from './variables.ts';

const flags = {
  '--streamableHttp': 'value',
  '--sse': 'value',
  '--stdio': 'value',
  '--header': 'values',
  '--oauth2Bearer': 'value',
  '--outputTransport': 'value',
  '--logLevel': 'value',
  '--protocolVersion': 'value',
  '--port': 'value',
  '--baseUrl': 'value',
  '--ssePath': 'value',
  '--messagePath': 'value',
  '--streamableHttpPath': 'value',
  '--healthEndpoint': 'values',
  '--cors': 'none',
  '--stateful': 'none',
  '--sessionTimeout': 'value',
} as const satisfies Flags;

/** @returns undefined: it makes a server of a local program, or speaks to its client by other means */
export function readSupergateway(
  args: readonly string[],
  { variables, findings }: { variables: Variables; findings: Findings },
): Found | undefined {
  const { given, positionals, unclear } = readFlags(args, flags, { equals: true });
  const last = (name: keyof typeof flags) => given.get(name)?.at(-1);
  const http = last('--streamableHttp');
  const url = http ?? last('--sse');
  if (url === undefined || given.has('--stdio') || (last('--outputTransport') ?? 'stdio') !== 'stdio')
    return undefined;
  if (unclear || positionals.length > 0)
    findings.reasons.add('It has an option that Fairlead does not know.');
  const headers = (given.get('--header') ?? []).flatMap((line): [string, string][] => {
    const [name, value] = splitAt(line, ':');
    if (value !== undefined) return [[name.trim(), variables.expand(value.trim())]];
    findings.notes.add('A header that is not "Name: value" is left out.');
    return [];
  });
  const bearer = last('--oauth2Bearer');
  if (bearer !== undefined) headers.push(['Authorization', `Bearer ${variables.expand(bearer)}`]);
  return {
    source: 'supergateway',
    url: variables.expand(url),
    transport: http === undefined ? 'sse' : 'http',
    headers,
    signIn: { method: 'oauth' },
  };
}
