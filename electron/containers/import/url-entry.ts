/** Reads an entry with an address in place of a program, as each client writes such entries. */
import { isText, membersOf, textsOf, type Members } from './entry-shape.ts';
import type { Findings, Found, SignIn } from './reading.ts';
import type { Variables } from './variables.ts';

/** Where the clients have the address: most of them, Windsurf, Gemini CLI, Goose. */
const addresses = ['url', 'serverUrl', 'httpUrl', 'uri'] as const;

/** @returns undefined: there is no address in it */
export function readUrlEntry(
  entry: unknown,
  { variables, findings }: { variables: Variables; findings: Findings },
): Found | undefined {
  const members = membersOf(entry);
  const url = addresses.map((key) => members[key]).find(isText);
  if (url === undefined) return undefined;
  const expand = (text: string) => variables.expand(asPlaceholder(text));
  const kind = [members['type'], members['transport'], members['transportType']].find(isText);
  if (kind === 'ws' || kind === 'websocket') findings.reasons.add('It speaks over a WebSocket.');
  if (isText(members['headersHelper']))
    findings.reasons.add('A program makes its headers (headersHelper), which Fairlead does not start.');
  if (isText(members['authProviderType']) && members['authProviderType'] !== 'dynamic_discovery')
    findings.reasons.add('It is entered by its own program’s account (authProviderType).');
  return {
    source: 'url',
    url: expand(url),
    transport: kind === 'sse' ? 'sse' : 'auto',
    headers: headersOf(members, expand),
    signIn: signInOf(members, expand),
  };
}

function headersOf(members: Members, expand: (text: string) => string): [string, string][] {
  const written = ['headers', 'http_headers'].flatMap((key) => textsOf(members[key]));
  // Codex names the variables alone.
  const named = textsOf(members['env_http_headers']).map(([name, variable]): [string, string] => [
    name,
    `\${${variable}}`,
  ]);
  const bearer = members['bearer_token_env_var'];
  const bearers: [string, string][] = isText(bearer) ? [['Authorization', `Bearer \${${bearer}}`]] : [];
  return [...written, ...named, ...bearers].map(([name, value]) => [name, expand(value)]);
}

/** Gemini CLI and Claude Code have `oauth`, Cursor has `auth`, Codex has its scopes beside the address. */
function signInOf(members: Members, expand: (text: string) => string): SignIn {
  const own = { ...membersOf(members['auth']), ...membersOf(members['oauth']) };
  const text = (...keys: string[]) => {
    const found = keys.map((key) => own[key]).find(isText);
    return found === undefined ? undefined : expand(found);
  };
  const scopes = [own['scopes'], own['scope'], members['scopes']].flatMap((each) => each).filter(isText);
  const port = own['callbackPort'];
  const resource = members['oauth_resource'];
  return {
    method: 'oauth',
    clientId: text('clientId', 'CLIENT_ID', 'client_id'),
    clientSecret: text('clientSecret', 'CLIENT_SECRET', 'client_secret'),
    scope: scopes.length === 0 ? undefined : scopes.join(' '),
    resource: isText(resource) ? expand(resource) : undefined,
    callbackPort: typeof port === 'number' ? port : undefined,
    authorizationUrl: text('authorizationUrl'),
    tokenUrl: text('tokenUrl'),
  };
}

/** Gemini CLI and Goose take `$NAME`, too. */
function asPlaceholder(text: string): string {
  return text.replace(/^((?:Bearer )?)\$([A-Za-z_]\w*)$/, '$1${$2}');
}
