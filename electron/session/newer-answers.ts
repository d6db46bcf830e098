/** What a client of the newer era (MCP 2026-07-28) is told in a container's place while nobody is signed in to it. */
import { idKeyOf, isTrue, memberOf, sourceOf, type Message } from '../../shared/envelope.ts';
import { kinds, listings } from './known-answers.ts';
import { ownNotification } from './own-answers.ts';

const subscriptionId = 'io.modelcontextprotocol/subscriptionId';

/** @param items JSON @returns JSON; it holds for no longer than this moment (MCP 2026-07-28, Caching) */
export function newerListResult(method: string, items = '[]'): string {
  const member = listings.get(method)?.member ?? 'tools';
  return `{"resultType":"complete","${member}":${items},"ttlMs":0,"cacheScope":"private"}`;
}

/** Of what can be listed, what a `subscriptions/listen` wants to hear the changes of. */
export function kindsWanted({ bytes, body }: Message): string[] {
  const filter = memberOf(bytes, body, 'notifications');
  return kinds.filter((kind) => isTrue(bytes, filter, `${kind}ListChanged`));
}

/** A key of the `subscriptions/listen` that a notification is for; empty: of none. */
export function subscriptionOf({ bytes, body }: Message): string {
  const id = memberOf(bytes, memberOf(bytes, body, '_meta'), subscriptionId);
  return (id && idKeyOf(bytes, id)) ?? '';
}

/** That all that a `subscriptions/listen` wants will be told. */
export function acknowledgement(request: Message): Message {
  const { bytes, body } = request;
  const filter = memberOf(bytes, body, 'notifications');
  const honoured = filter === undefined ? '{}' : sourceOf(bytes, filter);
  const members = `${metaOf(request)},"notifications":${honoured}`;
  return ownNotification('notifications/subscriptions/acknowledged', `{${members}}`);
}

/** A change, told to this `subscriptions/listen`. */
export function changeOf(kind: string, request: Message): Message {
  return ownNotification(`notifications/${kind}/list_changed`, `{${metaOf(request)}}`);
}

function metaOf({ id }: Message): string {
  return `"_meta":{"${subscriptionId}":${id ?? 'null'}}`;
}
