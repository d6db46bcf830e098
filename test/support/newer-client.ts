/** What a client of the newer era says, and a call of its at a container of the older one. */
import type { OlderContainer } from './older-container.ts';
import type { Heard, SessionClient } from './session-client.ts';

export const able = { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} };
/** What each request of the newer era says of its client. */
export const claims = (more: object = {}, capabilities: object = able) => ({
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'newer', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': capabilities,
  ...more,
});
export const params = (more: object = {}, meta: object = {}) => ({ name: 'x', _meta: claims(meta), ...more });

/** Begins a call. @returns it, as the container has it */
export async function begin(container: OlderContainer, from: SessionClient, [id, more]: [number, object?]) {
  const before = container.calls.length;
  from.say({ jsonrpc: '2.0', id, method: 'tools/call', params: params(more) });
  await from.until(() => container.calls.length > before, 'the call');
  const call = container.calls.at(-1);
  if (call === undefined) throw new Error('There is no call.');
  return { ...call, id: call.request.rpc.id };
}
export async function answerTo(from: SessionClient, id: number): Promise<Heard> {
  await from.until(() => from.answersTo(id).length > 0, `an answer to ${id}`);
  return from.answersTo(id)[0] as Heard;
}
export const question = (id: string, method: string, more: object = {}) => ({
  jsonrpc: '2.0',
  id,
  method,
  params: more,
});
