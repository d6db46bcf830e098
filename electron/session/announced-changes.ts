/**
 * Has a greeting say that the list of tools may change, which it may here whatever the container says: clients listen
 * for that only where it is announced (MCP 2025-11-25, Tools: capabilities). All other bytes stay as they came. Pure.
 */
import { isTrue, memberOf, textOf, type Message } from '../../shared/envelope.ts';
import { withoutMembers } from '../../shared/json-cut.ts';
import { skipSpace } from '../../shared/json-scan.ts';

const name = 'listChanged';
const closeObject = 0x7d;

/** @param greeting an answer to `initialize` or `server/discover`; one that tells of no tools stays as it is */
export function announcingChanges(greeting: Message): Message {
  const { bytes, body } = greeting;
  const tools = memberOf(bytes, memberOf(bytes, body, 'capabilities'), 'tools');
  if (body === undefined || tools === undefined || bytes[tools.start] !== 0x7b) return greeting;
  if (isTrue(bytes, tools, name)) return greeting;
  const rest = withoutMembers(bytes, tools, (key) => textOf(bytes, key) === name);
  const at = tools.start + 1;
  const isEmpty = rest[skipSpace(rest, at, rest.length)] === closeObject;
  const said = Buffer.from(`"${name}":true${isEmpty ? '' : ','}`);
  const announcing = Buffer.concat([rest.subarray(0, at), said, rest.subarray(at)]);
  const end = body.end - bytes.length + announcing.length;
  return { ...greeting, bytes: announcing, body: { start: body.start, end } };
}
