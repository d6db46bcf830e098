/** Makes messages: of others, changing single members and leaving every other byte as it came; or of JSON. Pure. */
import { memberOf, readEnvelope, textOf, type Message } from '../../shared/envelope.ts';
import { scanMembers, type Span } from '../../shared/json-scan.ts';

/** JSON by member name; undefined: that member is to go. */
export type Members = Readonly<Record<string, Uint8Array | string | undefined>>;

/** @param object undefined, or no object: an empty one @returns its JSON with these members in place of its own */
export function withMembers(bytes: Uint8Array, object: Span | undefined, members: Members): Buffer {
  const kept: Uint8Array[] = [];
  if (object !== undefined && bytes[object.start] === 0x7b) {
    scanMembers(bytes, object, (key, value) => {
      if (!Object.hasOwn(members, textOf(bytes, key) ?? '')) kept.push(bytes.subarray(key.start, value.end));
    });
  }
  for (const [name, json] of Object.entries(members)) {
    if (json === undefined) continue;
    kept.push(Buffer.concat([Buffer.from(`${JSON.stringify(name)}:`), Buffer.from(json)]));
  }
  const separated = kept.flatMap((each, index) => (index === 0 ? [each] : [Buffer.of(0x2c), each]));
  return Buffer.concat([Buffer.of(0x7b), ...separated, Buffer.of(0x7d)]);
}

/** @returns the object's `_meta` without these members; undefined where nothing is left of it */
export function metaWithout(
  bytes: Uint8Array,
  object: Span | undefined,
  names: readonly string[],
): Buffer | undefined {
  const gone = Object.fromEntries(names.map((name) => [name, undefined]));
  const rest = withMembers(bytes, memberOf(bytes, object, '_meta'), gone);
  return rest.length > '{}'.length ? rest : undefined;
}

/** A whole message with these members in place of its own. */
export function withTopMembers({ bytes }: Message, members: Members): Message {
  return messageOf(withMembers(bytes, { start: 0, end: bytes.length }, members));
}

/** @throws where `json` is no message: what Fairlead makes always is one */
export function messageOf(json: Uint8Array | string): Message {
  const reading = readEnvelope(Buffer.from(json));
  if (reading.status === 'message') return reading.message;
  throw new Error('Fairlead made a message that is none.');
}

/** @param outcome `"result":…` or `"error":…` @returns an answer to the request, under its own id */
export function ownAnswer({ id }: Message, outcome: `"${'result' | 'error'}":${string}`): Message {
  return messageOf(`{"jsonrpc":"2.0","id":${id ?? 'null'},${outcome}}`);
}

/** @param params JSON */
export function ownNotification(method: string, params: string): Message {
  return messageOf(`{"jsonrpc":"2.0","method":${JSON.stringify(method)},"params":${params}}`);
}

/** @param params JSON */
export function ownRequest(id: string, method: string, params: string): Message {
  const members = `"id":${JSON.stringify(id)},"method":${JSON.stringify(method)},"params":${params}`;
  return messageOf(`{"jsonrpc":"2.0",${members}}`);
}
