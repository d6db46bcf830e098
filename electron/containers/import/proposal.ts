/** From what an entry says to the container that it becomes, where one container can carry all of it. */
import { createHash } from 'node:crypto';
import { containerDraft } from '../../../shared/control.ts';
import { shownUrl } from '../../runtime/redact.ts';
import { Secret } from '../../runtime/secret.ts';
import { readAddress } from '../address.ts';
import type { EntryReading, Findings, Found, SignIn } from './reading.ts';

/** What Fairlead and its clients send by themselves. */
const ownHeaders =
  /^(accept|accept-encoding|cache-control|connection|content-length|content-type|host|mcp-protocol-version|user-agent)$/i;

interface Key {
  readonly header: string;
  readonly secret: string;
}

export function proposalOf(found: Found, findings: Findings): EntryReading {
  const { source, signIn, transport, timeoutSeconds, deniedTools = [] } = found;
  const address = readAddress(found.url);
  if (address.status === 'refused' && findings.missing.size === 0) findings.reasons.add(address.problem);
  const key = keyOf(found, findings);
  if (key !== undefined) weigh(signIn, findings);
  const draft = containerDraft.safeParse({
    url: address.status === 'ok' ? address.url : found.url,
    transport,
    auth: key === undefined ? authOf(signIn) : { method: 'api_key', header: key.header },
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(deniedTools.length > 0 && { tools: deniedTools.map((deny) => ({ deny, anyCase: true })) }),
  });
  if (!draft.success) findings.reasons.add('A container cannot be described by what it says.');
  const [missing, variables] = [[...findings.missing].sort(), [...findings.asked].sort()];
  const reasons = [...findings.reasons];
  if (missing.length > 0) reasons.push(`Set ${missing.join(', ')}, and import it again.`);
  if (reasons.length > 0 || !draft.success || draft.data.auth === undefined)
    return { status: 'skipped', source, reason: reasons.join(' '), missing, variables };
  const secret = key?.secret ?? signIn.clientSecret;
  const { url } = draft.data;
  if (shownUrl(url, { part: '', query: '' }) !== url)
    findings.notes.add('There may be a key in its address, and config.json holds addresses.');
  return {
    status: 'proposed',
    source,
    draft: { ...draft.data, auth: draft.data.auth },
    secret: secret === undefined ? undefined : new Secret(secret),
    print: printOf([url, draft.data.auth, draft.data.tools, secret]),
    signInProblem: key === undefined ? [...findings.signInReasons].join(' ') || undefined : undefined,
    notes: [...findings.notes],
    variables,
  };
}

/** The one header that is not Fairlead's own. */
function keyOf({ headers }: Found, { reasons, notes }: Findings): Key | undefined {
  const byName = new Map(headers.map(([name, value]) => [name.toLowerCase(), { name, value: value.trim() }]));
  const all = [...byName.values()];
  const sent = all.filter(({ name, value }) => value !== '' && !ownHeaders.test(name));
  if (sent.length < all.length) notes.add('Headers that are empty, or Fairlead’s own to send, are left out.');
  const [only, ...others] = sent;
  if (only === undefined) return undefined;
  if (others.length > 0) reasons.add('It sends more than one header, and a container has room for one.');
  if (only.name.toLowerCase() !== 'authorization') return { header: only.name, secret: only.value };
  const [, bearer] = /^Bearer\s+(\S.*)$/is.exec(only.value) ?? [];
  if (bearer === undefined)
    reasons.add('Its Authorization header holds no Bearer token, and Fairlead sends no other.');
  return { header: 'Authorization', secret: bearer ?? '' };
}

/** With a key nobody signs in. */
function weigh(signIn: SignIn, { reasons, signInReasons, notes }: Findings): void {
  const { method, clientId, scope, resource, callbackPort } = signIn;
  if (method === 'client_credentials' || clientId !== undefined)
    reasons.add('It has a header and an OAuth client, and a container is entered by one of them.');
  else if (signInReasons.size > 0 || [scope, resource, callbackPort].some((each) => each !== undefined))
    notes.add('It is entered with its key, so the options of a sign-in are left out.');
}

function authOf({ method, grant = 'code', ...signIn }: SignIn): object {
  const { clientId, scope, resource, callbackPort, authorizationUrl, tokenUrl } = signIn;
  const machine = { clientId, scope, resource, tokenUrl };
  // These two go together.
  const known = authorizationUrl !== undefined && tokenUrl !== undefined && { authorizationUrl, tokenUrl };
  const person = { clientId, scope, resource, callbackPort, grant, ...known };
  const given = Object.entries(method === 'oauth' ? person : machine).filter(
    ([, value]) => value !== undefined,
  );
  return { method, ...Object.fromEntries(given) };
}

function printOf(what: unknown): string {
  return createHash('sha256').update(JSON.stringify(what)).digest('hex');
}
