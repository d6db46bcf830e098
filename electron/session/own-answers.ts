/** What a client is told in a container's place while nobody is signed in to it, in either era: never more than is true. */
import { jsonRpcError, SignInNeeded } from '../../shared/errors.ts';
import { memberOf, readEnvelope, textOf, type Message } from '../../shared/envelope.ts';
import type { Span } from '../../shared/json-scan.ts';
import { version } from '../runtime/version.ts';
import { listings } from './known-answers.ts';

/** MCP 2025-11-25, Elicitation: a request cannot go on before the person has been at a URL. */
const urlElicitationRequired = -32042;
const versions = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'];

/** @param body of a successful answer to `request`, as JSON */
export function ownAnswer({ id }: Message, body: string): Message {
  return messageOf(`"id":${id ?? 'null'},"result":${body}`);
}

/** What a server says that has never heard of the request's method (JSON-RPC 2.0 §5.1). */
export function methodNotFound({ id }: Message): Message {
  return messageOf(`"id":${id ?? 'null'},"error":{"code":-32601,"message":"Method not found"}`);
}

/** @param params JSON */
export function ownNotification(method: string, params = '{}'): Message {
  return messageOf(`"method":"${method}","params":${params}`);
}

/** All that can be said of a container that was never heard: what it lists is empty now, and will change. */
export function minimalGreeting({ bytes, body }: Message, container: string): string {
  const span = memberOf(bytes, body, 'protocolVersion');
  const asked = span === undefined ? undefined : textOf(bytes, span);
  const changing = { listChanged: true };
  return JSON.stringify({
    protocolVersion: versions.find((each) => each === asked) ?? versions.at(-1),
    capabilities: { tools: changing, prompts: changing, resources: changing },
    serverInfo: { name: 'fairlead', title: `${container} (through Fairlead)`, version },
    instructions: signInInstructions(container),
  });
}

export function signInInstructions(container: string): string {
  return (
    `Nobody is signed in to ${container} yet, so its tools cannot be listed. ` +
    'They appear as soon as the user has signed in, in the browser that Fairlead has opened.'
  );
}

/** @param items JSON @returns JSON */
export function listResult(method: string, items = '[]'): string {
  return `{"${listings.get(method)?.member ?? 'tools'}":${items}}`;
}

/** Whether the client of this `initialize` can show its person a link that a request needs (MCP 2025-11-25). */
export function takesLinks({ bytes, body }: Message): boolean {
  return takesLinksIn(bytes, memberOf(bytes, body, 'capabilities'));
}

export function takesLinksIn(bytes: Uint8Array, capabilities: Span | undefined): boolean {
  return memberOf(bytes, memberOf(bytes, capabilities, 'elicitation'), 'url') !== undefined;
}

/** The link of a sign-in that something waits for, and what to say with it; undefined where there is none. */
export function linkIn(thrown: unknown): { readonly url: string; readonly message: string } | undefined {
  if (!(thrown instanceof SignInNeeded) || thrown.url === undefined) return undefined;
  const code = thrown.userCode === undefined ? '' : ` Enter the code ${thrown.userCode} there.`;
  return { url: thrown.url, message: `Sign in to go on.${code}` };
}

/** The error that has such a client show the link of a sign-in; undefined where `thrown` has none. */
export function linkError({ id }: Message, thrown: unknown, elicitationId: string): Message | undefined {
  const link = linkIn(thrown);
  if (link === undefined) return undefined;
  const { message, data } = jsonRpcError(thrown);
  const elicitation = { mode: 'url', elicitationId, ...link };
  const error = { code: urlElicitationRequired, message, data: { ...data, elicitations: [elicitation] } };
  return messageOf(`"id":${id ?? 'null'},"error":${JSON.stringify(error)}`);
}

function messageOf(members: string): Message {
  const reading = readEnvelope(Buffer.from(`{"jsonrpc":"2.0",${members}}`));
  if (reading.status === 'message') return reading.message;
  throw new Error('Fairlead made a message that is none.');
}
