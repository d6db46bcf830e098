/** The options of `mcp-remote` 0.15, and what reading them needs. */
import { membersOf, type Members } from './entry-shape.ts';
import type { Flags, ReadFlags } from './flags.ts';
import type { Findings, Surroundings } from './reading.ts';
import type { Variables } from './variables.ts';

export const mcpRemoteFlags = {
  '--header': 'value',
  '--header-file': 'value',
  '--transport': 'value',
  '--host': 'value',
  '--callback-path': 'value',
  '--auth-success-url': 'value',
  '--static-oauth-client-metadata': 'value',
  '--static-oauth-client-info': 'value',
  '--client-metadata-url': 'value',
  '--token-endpoint': 'value',
  '--resource': 'value',
  '--authorize-param': 'value',
  '--ignore-tool': 'value',
  '--auth-timeout': 'value',
  '--connect-timeout': 'value',
  '--headers-timeout': 'value',
  '--body-timeout': 'value',
  '--ping-interval': 'value',
  '--protocol': 'value',
  '--allow-http': 'none',
  '--debug': 'none',
  '--silent': 'none',
  '--enable-proxy': 'none',
  '--keep-alive': 'none',
  '--ipv4': 'none',
  '--disable-cookies': 'none',
  '--device-code': 'none',
  '--client-credentials': 'none',
  '--use-id-token': 'none',
  '--disable-resource-parameter': 'none',
} as const satisfies Flags;

export type McpRemoteFlags = ReadFlags<typeof mcpRemoteFlags>['given'];

export interface ReadingContext {
  readonly variables: Variables;
  readonly around: Pick<Surroundings, 'readText'>;
  readonly findings: Findings;
}

/** @param given inline, or `@` and the name of a file. @returns undefined: there is none that could be read */
export function jsonGiven(
  given: string | undefined,
  { around, findings, variables }: ReadingContext,
): Members | undefined {
  if (given === undefined) return undefined;
  const text = given.startsWith('@') ? around.readText(variables.expand(given.slice(1))) : given;
  try {
    return membersOf(JSON.parse(variables.expand(text ?? '')));
  } catch {
    findings.reasons.add('What it says of its OAuth client is in no file that can be read, or no JSON.');
    return undefined;
  }
}
