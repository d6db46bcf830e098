/** What a modern request's headers repeat of its body, so that what stands before a container need not read it. Pure. */
import { memberOf, textOf, type Message } from '../../../shared/envelope.ts';
import { claimOf } from '../../../shared/era.ts';
import { userAgent } from '../../runtime/version.ts';
import { headerValue } from './header-value.ts';

/** Which member of `params` `Mcp-Name` repeats (MCP 2026-07-28, Streamable HTTP: standard request headers; SEP-2663). */
const named: ReadonlyMap<string, string> = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
  ['tasks/get', 'taskId'],
  ['tasks/update', 'taskId'],
  ['tasks/cancel', 'taskId'],
]);

/** @param version for messages that say none themselves, such as notifications */
export function modernHeaders(message: Message, version: string | undefined): Record<string, string> {
  const { bytes, body, method } = message;
  const claim = claimOf(message);
  const spoken = claim === undefined ? version : claim.version;
  const nameSpan = memberOf(bytes, body, named.get(method) ?? '');
  const name = nameSpan === undefined ? undefined : textOf(bytes, nameSpan);
  return {
    'user-agent': userAgent,
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    ...(spoken !== undefined && { 'mcp-protocol-version': headerValue(spoken) }),
    ...(method !== '' && { 'mcp-method': headerValue(method) }),
    ...(name !== undefined && { 'mcp-name': headerValue(name) }),
  };
}
