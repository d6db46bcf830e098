/** What passes between a client of the older era and a container of the newer one, in the words of each. Pure. */
import { randomUUID } from 'node:crypto';
import { isTrue, memberOf, sourceOf, textOf, type Message } from '../../../shared/envelope.ts';
import { modernVersion } from '../../../shared/era.ts';
import { scanMembers, type Span } from '../../../shared/json-scan.ts';
import { metaWithout, withMembers, withTopMembers, type Members } from '../splice.ts';

const versions = ['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'];

const memberSource = ({ bytes }: Message, object: Span | undefined, name: string): string | undefined => {
  const span = memberOf(bytes, object, name);
  return span === undefined ? undefined : sourceOf(bytes, span);
};

/** What each request says of its client: what `initialize` and `logging/setLevel` said once for all. */
export function envelopeOf(initialize: Message, level: string | undefined): Members {
  return {
    'io.modelcontextprotocol/protocolVersion': JSON.stringify(modernVersion),
    'io.modelcontextprotocol/clientInfo': memberSource(initialize, initialize.body, 'clientInfo'),
    'io.modelcontextprotocol/clientCapabilities':
      memberSource(initialize, initialize.body, 'capabilities') ?? '{}',
    ...(level !== undefined && { 'io.modelcontextprotocol/logLevel': level }),
  };
}

/** @param more of `params`, and an id in place of the request's own */
export function newerRequest(
  request: Message,
  envelope: Members,
  more: { id?: string; params?: Members } = {},
): Message {
  const { bytes, body } = request;
  const meta = withMembers(bytes, memberOf(bytes, body, '_meta'), envelope);
  const params = withMembers(bytes, body, { ...more.params, _meta: meta });
  return withTopMembers(request, { ...(more.id !== undefined && { id: more.id }), params });
}

/** An answer under the id of the client's request, without what only the newer era says. */
export function olderAnswer({ id }: Message, answer: Message): Message {
  const { bytes, body, failed } = answer;
  if (failed) return withTopMembers(answer, { id });
  const result = withMembers(bytes, body, {
    resultType: undefined,
    ttlMs: undefined,
    cacheScope: undefined,
    _meta: metaWithout(bytes, body, ['io.modelcontextprotocol/serverInfo']),
  });
  return withTopMembers(answer, { id, result });
}

/** A notification without the name of the subscription that it comes by. */
export function olderNotification(notification: Message): Message {
  const { bytes, body } = notification;
  const subscription = 'io.modelcontextprotocol/subscriptionId';
  if (memberOf(bytes, memberOf(bytes, body, '_meta'), subscription) === undefined) return notification;
  const params = withMembers(bytes, body, { _meta: metaWithout(bytes, body, [subscription]) });
  return withTopMembers(notification, { params });
}

/** The result of `initialize` out of that of `server/discover`. */
export function initializeResult(initialize: Message, discovered: Message): string {
  const { bytes, body } = discovered;
  const span = memberOf(initialize.bytes, initialize.body, 'protocolVersion');
  const asked = span === undefined ? undefined : textOf(initialize.bytes, span);
  const info =
    memberSource(discovered, memberOf(bytes, body, '_meta'), 'io.modelcontextprotocol/serverInfo') ??
    memberSource(discovered, body, 'serverInfo');
  const result = {
    protocolVersion: JSON.stringify(versions.find((each) => each === asked) ?? versions.at(-1)),
    capabilities: memberSource(discovered, body, 'capabilities') ?? '{}',
    serverInfo: info ?? '{"name":"unknown","version":"0"}',
    instructions: memberSource(discovered, body, 'instructions'),
  };
  return withMembers(bytes, undefined, result).toString();
}

/** One question of the container, in a result that is not complete (MCP 2026-07-28, Multi round-trip requests). */
export interface Question {
  /** As JSON. */
  readonly key: string;
  readonly method: string;
  /** As JSON. */
  readonly params: string;
}

/** @returns undefined for a result that is complete, or an error */
export function questionsIn(
  answer: Message,
): { questions: readonly Question[]; state: string | undefined } | undefined {
  const { bytes, body, failed } = answer;
  const type = failed ? undefined : memberOf(bytes, body, 'resultType');
  if (type === undefined || textOf(bytes, type) !== 'input_required') return undefined;
  const questions: Question[] = [];
  const asked = memberOf(bytes, body, 'inputRequests');
  if (asked !== undefined) {
    scanMembers(bytes, asked, (key, value) => {
      const method = memberOf(bytes, value, 'method');
      const params = memberOf(bytes, value, 'params');
      questions.push({
        key: sourceOf(bytes, key),
        method: (method && textOf(bytes, method)) ?? '',
        params: paramsOf(bytes, params),
      });
    });
  }
  return { questions, state: memberSource(answer, body, 'requestState') };
}

/** The older era names each URL that it sends its person to (MCP 2025-11-25, Elicitation); the newer one does not. */
function paramsOf(bytes: Uint8Array, params: Span | undefined): string {
  const mode = memberOf(bytes, params, 'mode');
  const isLink = mode !== undefined && textOf(bytes, mode) === 'url';
  const named = isLink && memberOf(bytes, params, 'elicitationId') === undefined;
  const more = named ? { elicitationId: JSON.stringify(randomUUID()) } : {};
  return withMembers(bytes, params, more).toString();
}

/** Of which changes a container says that it tells. */
export function listensTo(discovered: Message): string | undefined {
  const { bytes, body } = discovered;
  const capabilities = memberOf(bytes, body, 'capabilities');
  const changing = ['tools', 'prompts', 'resources'].filter((kind) =>
    isTrue(bytes, memberOf(bytes, capabilities, kind), 'listChanged'),
  );
  if (changing.length === 0) return undefined;
  return JSON.stringify(Object.fromEntries(changing.map((kind) => [`${kind}ListChanged`, true])));
}
