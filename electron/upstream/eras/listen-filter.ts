/** What a client of the newer era listens for, and how it is told (MCP 2026-07-28, Subscriptions). Pure. */
import { isTrue, memberOf, sourceOf, textOf, type Message } from '../../../shared/envelope.ts';
import { scanMembers } from '../../../shared/json-scan.ts';
import { ownNotification, withMembers, withTopMembers } from '../splice.ts';

const subscriptionId = 'io.modelcontextprotocol/subscriptionId';
/** Members of the filter, and the capability of a container that tells of such changes. */
const kindsOfLists: ReadonlyMap<string, string> = new Map([
  ['toolsListChanged', 'tools'],
  ['promptsListChanged', 'prompts'],
  ['resourcesListChanged', 'resources'],
]);
/** Notifications that a client hears only where it listens for them, and the member of the filter for each. */
const heard: ReadonlyMap<string, string> = new Map(
  [...kindsOfLists].map(([member, kind]) => [`notifications/${kind}/list_changed`, member]),
);

export const isHeardOnDemand = (method: string): boolean =>
  heard.has(method) || method === 'notifications/resources/updated';

/** What `subscriptions/listen` asks to be told of. */
export interface Filter {
  readonly kinds: ReadonlySet<string>;
  /** JSON of each URI. */
  readonly resources: ReadonlySet<string>;
}

/** @param greeting the container's answer to `initialize`: only what it says that it tells of can be listened for */
export function filterOf({ bytes, body }: Message, greeting: Message): Filter {
  const filter = memberOf(bytes, body, 'notifications');
  const able = memberOf(greeting.bytes, greeting.body, 'capabilities');
  const tells = (kind: string, what: string) =>
    isTrue(greeting.bytes, memberOf(greeting.bytes, able, kind), what);
  const kinds = [...kindsOfLists].filter(
    ([member, kind]) => isTrue(bytes, filter, member) && tells(kind, 'listChanged'),
  );
  const resources = new Set<string>();
  const list = tells('resources', 'subscribe') ? memberOf(bytes, filter, 'resourceSubscriptions') : undefined;
  if (list !== undefined) {
    scanMembers(bytes, list, (_key, uri) => {
      if (textOf(bytes, uri) !== undefined) resources.add(sourceOf(bytes, uri));
    });
  }
  return { kinds: new Set(kinds.map(([member]) => member)), resources };
}

export function acknowledgement({ id }: Message, { kinds, resources }: Filter): Message {
  const members = [...kinds].map((kind) => `${JSON.stringify(kind)}:true`);
  if (resources.size > 0) members.push(`"resourceSubscriptions":[${[...resources].join(',')}]`);
  const params = `{"_meta":{"${subscriptionId}":${id ?? 'null'}},"notifications":{${members.join(',')}}}`;
  return ownNotification('notifications/subscriptions/acknowledged', params);
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
