/** Reads an entry with an address in place of a program, as each client writes such entries. */
import { isText, membersOf, textsOf, type Members } from './entry-shape.ts';
import type { Findings, Found, SignIn } from './reading.ts';
import { noteRedirect } from './redirect-note.ts';
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
  if (isText(members['auth']) || isText(members['oauth']))
    findings.reasons.add('What it says of its way in (auth, oauth) is in no form that Fairlead knows.');
  return {
    source: 'url',
    url: expand(url),
    transport: kind === 'sse' ? 'sse' : 'auto',
    headers: headersOf(members, expand, findings),
    signIn: signInOf(members, expand, findings),
  };
}

function headersOf(
  members: Members,
  expand: (text: string) => string,
  { notes }: Findings,
): [string, string][] {
  // As the SDK's transports have it, and so some that are made of them.
  const { headers: inner, ...others } = membersOf(members['requestInit']);
  if (Object.keys(others).length > 0) notes.add('Of its requestInit, the headers alone are taken over.');
  const written = [inner, members['headers'], members['http_headers']].flatMap(textsOf);
  // Codex names the variables alone.
  const named = textsOf(members['env_http_headers']).map(([name, variable]): [string, string] => [
    name,
    `\${${variable}}`,
  ]);
  const tokenName = members['bearer_token_env_var'];
  const token = isText(tokenName) ? `\${${tokenName}}` : members['bearer_token'];
  const bearers: [string, string][] = isText(token) ? [['Authorization', `Bearer ${token}`]] : [];
  return [...written, ...named, ...bearers].map(([name, value]) => [name, expand(value)]);
}

/** Gemini CLI and Claude Code have `oauth`, Cursor has `auth`, Codex has its scopes beside the address. */
function signInOf(members: Members, expand: (text: string) => string, { notes }: Findings): SignIn {
  const own = { ...membersOf(members['auth']), ...membersOf(members['oauth']) };
  // Whether there is a sign-in at all (Gemini CLI's `enabled`) is the server's to say.
  const read = new Set(['enabled', 'scopes', 'scope']);
  const text = (...keys: string[]) => {
    const key = keys.find((each) => isText(own[each]));
    if (key === undefined) return undefined;
    read.add(key);
    return expand(String(own[key]));
  };
  const scopes = [own['scopes'], own['scope'], members['scopes']].flatMap((each) => each).filter(isText);
  const port = typeof own['callbackPort'] === 'number' ? own['callbackPort'] : undefined;
  if (port !== undefined) read.add('callbackPort');
  const resource = members['oauth_resource'];
  const clientId = text('clientId', 'CLIENT_ID', 'client_id');
  const signIn: SignIn = {
    method: 'oauth',
    clientId,
    clientSecret: text('clientSecret', 'CLIENT_SECRET', 'client_secret'),
    scope: scopes.length === 0 ? undefined : scopes.join(' '),
    resource: isText(resource) ? expand(resource) : undefined,
    callbackPort: port,
    // One without the other is of no use.
    ...(isText(own['authorizationUrl']) &&
      isText(own['tokenUrl']) && { authorizationUrl: text('authorizationUrl'), tokenUrl: text('tokenUrl') }),
  };
  if (clientId !== undefined) noteRedirect(port, { notes });
  const unread = Object.keys(own).filter((key) => !read.has(key));
  if (unread.length > 0) notes.add(`Of its OAuth settings these are left out: ${unread.join(', ')}.`);
  return signIn;
}

/** Gemini CLI and Goose take `$NAME`, too. */
function asPlaceholder(text: string): string {
  return text.replace(/^((?:Bearer )?)\$([A-Za-z_]\w*)$/, '$1${$2}');
}
