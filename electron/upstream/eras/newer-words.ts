/** What passes between a client of the newer era and a container of the older one, in the words of each. Pure. */
import { idKeyOf, memberOf, sourceOf, type Message } from '../../../shared/envelope.ts';
import { claimOf, modernVersion } from '../../../shared/era.ts';
import { metaWithout, ownRequest, withMembers, withTopMembers } from '../splice.ts';

const serverInfo = 'io.modelcontextprotocol/serverInfo';
/** Results that say for how long they hold (MCP 2026-07-28, Caching). */
const cacheable: ReadonlySet<string> = new Set([
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'server/discover',
]);
const cacheMembers = { ttlMs: '0', cacheScope: '"private"' };
/** What a request says of its client, besides what it asks. */
const claimed = (request: Message, name: string): string | undefined => {
  const span = memberOf(request.bytes, claimOf(request)?.meta, `io.modelcontextprotocol/${name}`);
  return span && sourceOf(request.bytes, span);
};
/** What the client can do; JSON. */
export const capabilitiesOf = (request: Message): string => claimed(request, 'clientCapabilities') ?? '{}';
/** From which level on it wants to hear log messages of this request; JSON. */
export const levelOf = (request: Message): string | undefined => claimed(request, 'logLevel');

/** The session's beginning, out of what a request says of its client. */
export function initializeOf(request: Message, id: string): Message {
  const params = {
    protocolVersion: '"2025-11-25"',
    capabilities: capabilitiesOf(request),
    clientInfo: claimed(request, 'clientInfo') ?? '{"name":"unknown","version":"0"}',
  };
  return ownRequest(id, 'initialize', withMembers(request.bytes, undefined, params).toString());
}

/** A request under another id, without what only the newer era says. */
export function olderRequest(request: Message, id: string): Message {
  const { bytes, body } = request;
  const claims = ['protocolVersion', 'clientInfo', 'clientCapabilities', 'logLevel'];
  const params = withMembers(bytes, body, {
    _meta: metaWithout(
      bytes,
      body,
      claims.map((name) => `io.modelcontextprotocol/${name}`),
    ),
    inputResponses: undefined,
    requestState: undefined,
  });
  return withTopMembers(request, { id: JSON.stringify(id), params });
}

export interface ProgressToken {
  readonly json: string;
  readonly key: string;
}

/** Of a request, or of a notification of its progress. */
export function progressTokenOf({ bytes, body, kind }: Message): ProgressToken | undefined {
  const span = memberOf(bytes, kind === 'request' ? memberOf(bytes, body, '_meta') : body, 'progressToken');
  const key = span && idKeyOf(bytes, span);
  return span && key !== undefined ? { json: sourceOf(bytes, span), key } : undefined;
}

/** The result of `server/discover` out of that of `initialize`. */
export function discoverResult({ bytes, body }: Message): string {
  const source = (name: string) => {
    const span = memberOf(bytes, body, name);
    return span === undefined ? undefined : sourceOf(bytes, span);
  };
  const info = source('serverInfo');
  const capabilities = memberOf(bytes, body, 'capabilities');
  return withMembers(bytes, undefined, {
    resultType: '"complete"',
    supportedVersions: JSON.stringify([modernVersion]),
    // Tasks of the older era are others.
    capabilities: withMembers(bytes, capabilities, { tasks: undefined }),
    instructions: source('instructions'),
    ...cacheMembers,
    ...(info !== undefined && { _meta: `{"${serverInfo}":${info}}` }),
  }).toString();
}

/**
 * An answer under the id of the client's request, with what the newer era says besides.
 * @param begun the container's answer to `initialize`
 */
export function newerAnswer({ id, method }: Message, answer: Message, begun: Message): Message {
  const { bytes, body, failed } = answer;
  if (failed) return withTopMembers(answer, { id });
  const absent = (members: Record<string, string>) =>
    Object.fromEntries(Object.entries(members).filter(([name]) => memberOf(bytes, body, name) === undefined));
  const more = absent({ resultType: '"complete"', ...(cacheable.has(method) && cacheMembers) });
  const meta = memberOf(bytes, body, '_meta');
  const info = memberOf(bytes, meta, serverInfo)
    ? undefined
    : memberOf(begun.bytes, begun.body, 'serverInfo');
  const named = info && withMembers(bytes, meta, { [serverInfo]: sourceOf(begun.bytes, info) });
  const result = withMembers(bytes, body, { ...more, ...(named !== undefined && { _meta: named }) });
  return withTopMembers(answer, { id, result });
}
