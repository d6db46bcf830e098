/** What passes between a client of the newer era and a container of the older one, in the words of each. Pure. */
import { memberOf, sourceOf, textOf, type Message } from '../../shared/envelope.ts';
import { claimOf } from '../../shared/era.ts';
import { scanMembers, type Span } from '../../shared/json-scan.ts';
import { messageOf, ownRequest, withMembers, withTopMembers } from './splice.ts';

const serverInfo = 'io.modelcontextprotocol/serverInfo';
const subscriptionId = 'io.modelcontextprotocol/subscriptionId';
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
/** Notifications that a client hears only where it listens for them, and the member of the filter for each. */
const heard: ReadonlyMap<string, string> = new Map([
  ['notifications/tools/list_changed', 'toolsListChanged'],
  ['notifications/prompts/list_changed', 'promptsListChanged'],
  ['notifications/resources/list_changed', 'resourcesListChanged'],
]);

export const isHeardOnDemand = (method: string): boolean =>
  heard.has(method) || method === 'notifications/resources/updated';

/** The session's beginning, out of what a request says of its client. */
export function initializeOf(request: Message, id: string): Message {
  const meta = claimOf(request)?.meta;
  const own = (name: string) => memberOf(request.bytes, meta, `io.modelcontextprotocol/${name}`);
  const info = own('clientInfo');
  const capabilities = own('clientCapabilities');
  const params = {
    protocolVersion: '"2025-11-25"',
    capabilities: capabilities === undefined ? '{}' : sourceOf(request.bytes, capabilities),
    clientInfo: info === undefined ? '{"name":"unknown","version":"0"}' : sourceOf(request.bytes, info),
  };
  return ownRequest(id, 'initialize', withMembers(request.bytes, undefined, params).toString());
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
    supportedVersions: '["2026-07-28"]',
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

/** Questions of the container as the result of the request that they are about. @param state by which it goes on */
export function inputRequired(questions: ReadonlyMap<string, Message>, state: string): string {
  const asked = [...questions].map(([key, { bytes, method, body }]): [string, Buffer] => [
    key,
    withMembers(bytes, undefined, {
      method: JSON.stringify(method),
      ...(body !== undefined && { params: withoutToken(bytes, body) }),
    }),
  ]);
  return withMembers(Buffer.alloc(0), undefined, {
    resultType: '"input_required"',
    inputRequests: withMembers(Buffer.alloc(0), undefined, Object.fromEntries(asked)),
    requestState: JSON.stringify(state),
  }).toString();
}

/** In a result there is no way to tell of progress. */
function withoutToken(bytes: Uint8Array, params: Span): Uint8Array {
  const meta = memberOf(bytes, params, '_meta');
  if (meta === undefined) return bytes.subarray(params.start, params.end);
  const rest = withMembers(bytes, meta, { progressToken: undefined });
  return withMembers(bytes, params, { _meta: rest.length > 2 ? rest : undefined });
}

/** What `subscriptions/listen` asks to be told of. */
export interface Filter {
  readonly kinds: ReadonlySet<string>;
  /** JSON of each URI. */
  readonly resources: ReadonlySet<string>;
}

export function filterOf({ bytes, body }: Message): Filter {
  const filter = memberOf(bytes, body, 'notifications');
  const wanted = [...heard.values()].filter((name) => {
    const span = memberOf(bytes, filter, name);
    return span !== undefined && sourceOf(bytes, span) === 'true';
  });
  const resources = new Set<string>();
  const list = memberOf(bytes, filter, 'resourceSubscriptions');
  if (list !== undefined) scanMembers(bytes, list, (_key, uri) => void resources.add(sourceOf(bytes, uri)));
  return { kinds: new Set(wanted), resources };
}

export function acknowledgement({ id }: Message, { kinds, resources }: Filter): Message {
  const members = [...kinds].map((kind) => `${JSON.stringify(kind)}:true`);
  if (resources.size > 0) members.push(`"resourceSubscriptions":[${[...resources].join(',')}]`);
  const params = `{"_meta":{"${subscriptionId}":${id ?? 'null'}},"notifications":{${members.join(',')}}}`;
  const method = 'notifications/subscriptions/acknowledged';
  return messageOf(`{"jsonrpc":"2.0","method":"${method}","params":${params}}`);
}

export function matches(notification: Message, { kinds, resources }: Filter): boolean {
  const kind = heard.get(notification.method);
  if (kind !== undefined) return kinds.has(kind);
  const uri = memberOf(notification.bytes, notification.body, 'uri');
  const text = uri && textOf(notification.bytes, uri);
  return [...resources].some((each) => JSON.parse(each) === text);
}

/** The notification as one of that subscription. */
export function toldTo({ id }: Message, notification: Message): Message {
  const { bytes, body } = notification;
  const meta = withMembers(bytes, memberOf(bytes, body, '_meta'), { [subscriptionId]: id });
  return withTopMembers(notification, { params: withMembers(bytes, body, { _meta: meta }) });
}
