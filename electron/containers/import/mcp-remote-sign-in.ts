/** How `mcp-remote` signs in, and what of its options Fairlead has no use for or cannot do. */
import { isText } from './entry-shape.ts';
import { jsonGiven, type McpRemoteFlags, type ReadingContext } from './mcp-remote-flags.ts';
import type { Findings, SignIn } from './reading.ts';
import { noteRedirect } from './redirect-note.ts';

/** What Fairlead does anyway, or has another way for. */
const needless = ['--debug', '--silent', '--enable-proxy', '--disable-cookies', '--protocol'] as const;
/** What it has nothing in place of. */
const lost = [
  ...['--keep-alive', '--ping-interval', '--ipv4', '--connect-timeout', '--body-timeout'],
  ...['--auth-timeout', '--auth-success-url'],
] as const;

export function noteLeftOut(given: McpRemoteFlags, { notes }: Findings): void {
  const names = (all: readonly string[]) => all.filter((name) => given.has(name as '--debug')).join(', ');
  const [idle, gone] = [names(needless), names(lost)];
  if (idle !== '') notes.add(`Left out, as Fairlead needs none of it: ${idle}.`);
  if (gone !== '') notes.add(`Left out, as Fairlead has its own way: ${gone}.`);
}

export function signInAt(
  given: McpRemoteFlags,
  callbackPort: number | undefined,
  context: ReadingContext,
): SignIn {
  const { variables } = context;
  refuse(given, context.findings);
  const client = jsonGiven(given.get('--static-oauth-client-info')?.[0], context);
  const metadata = jsonGiven(given.get('--static-oauth-client-metadata')?.[0], context);
  const text = (value: unknown) => (isText(value) ? value : undefined);
  const first = (name: '--resource' | '--token-endpoint' | '--client-metadata-url') =>
    text(given.get(name)?.[0]?.trim());
  const expanded = (value: string | undefined) => value && variables.expand(value);
  const others = Object.keys(metadata ?? {}).filter((key) => key !== 'scope');
  if (others.length > 0)
    context.findings.notes.add('Of its --static-oauth-client-metadata, the scope alone is taken over.');
  if (client !== undefined && text(client['client_id']) === undefined)
    context.findings.reasons.add('Its --static-oauth-client-info names no client_id.');
  const clientId = text(client?.['client_id']) ?? first('--client-metadata-url');
  const common = {
    clientId,
    clientSecret: text(client?.['client_secret']),
    scope: text(metadata?.['scope']),
    resource: expanded(first('--resource')),
  };
  if (given.has('--client-credentials'))
    return { ...common, method: 'client_credentials', tokenUrl: expanded(first('--token-endpoint')) };
  const grant = given.has('--device-code') ? 'device' : 'code';
  const port = grant === 'code' ? callbackPort : undefined;
  if (clientId !== undefined && grant === 'code') noteRedirect(port, context.findings);
  return { ...common, method: 'oauth', grant, callbackPort: port };
}

function refuse(given: McpRemoteFlags, { signInReasons, notes }: Findings): void {
  if (given.has('--use-id-token'))
    signInReasons.add('It shows an ID token (--use-id-token): see --auth identity.');
  if (given.has('--authorize-param'))
    signInReasons.add(
      'It adds parameters of its own to the sign-in (--authorize-param), which Fairlead cannot.',
    );
  if (given.has('--disable-resource-parameter') || given.get('--resource')?.[0]?.trim() === '')
    signInReasons.add('It signs in without naming the resource, which Fairlead always does.');
  if (given.has('--host') || given.has('--callback-path'))
    notes.add('Sign-ins come back to http://127.0.0.1/callback: --host and --callback-path are left out.');
}
