import { expect, test } from 'vitest';
import { readEnvelope, type Message } from '../../shared/envelope.ts';
import { createStandingMessages } from '../../electron/session/standing-messages.ts';

function message(method: string, params?: unknown): Message {
  const reading = readEnvelope(Buffer.from(JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })));
  if (reading.status !== 'message') throw new Error('no message');
  return reading.message;
}
const texts = (messages: readonly Message[]) => messages.map(({ bytes }) => Buffer.from(bytes).toString());

test('keeps the newest log level and one subscription for each resource, in order', () => {
  const standing = createStandingMessages();
  const note = (seq: number, method: string, params?: unknown) => standing.note(message(method, params), seq);
  expect(note(1, 'initialize')).toEqual({ stands: true, replaced: [] });
  expect(note(2, 'notifications/initialized')).toEqual({ stands: true, replaced: [] });
  expect(note(3, 'logging/setLevel', { level: 'info' })).toEqual({ stands: true, replaced: [] });
  expect(note(4, 'resources/subscribe', { uri: 'a' })).toEqual({ stands: true, replaced: [] });
  expect(note(5, 'resources/subscribe', { uri: 'b' })).toEqual({ stands: true, replaced: [] });
  expect(note(6, 'logging/setLevel', { level: 'debug' })).toEqual({ stands: true, replaced: [3] });
  expect(note(7, 'resources/unsubscribe', { uri: 'a' })).toEqual({ stands: false, replaced: [4] });
  expect(note(8, 'tools/call')).toEqual({ stands: false, replaced: [] });
  expect(texts(standing.current.requests).map((text) => JSON.parse(text) as unknown)).toMatchObject([
    { method: 'resources/subscribe', params: { uri: 'b' } },
    { method: 'logging/setLevel', params: { level: 'debug' } },
  ]);
});

test('a client that initializes again leaves all that it had set up', () => {
  const standing = createStandingMessages();
  standing.note(message('initialize'), 1);
  standing.note(message('notifications/initialized'), 2);
  standing.note(message('resources/subscribe', { uri: 'a' }), 3);
  expect(standing.note(message('initialize', { again: true }), 4)).toEqual({
    stands: true,
    replaced: [1, 2, 3],
  });
  expect(standing.current.initialized).toBeUndefined();
  expect(standing.current.requests).toEqual([]);
});

test('does not keep alive the buffer that a message was cut from', () => {
  const standing = createStandingMessages();
  const chunk = Buffer.alloc(1 << 20, ' ');
  const text = Buffer.from('{"jsonrpc":"2.0","id":1,"method":"initialize"}');
  text.copy(chunk);
  const reading = readEnvelope(chunk.subarray(0, text.length));
  if (reading.status !== 'message') throw new Error('no message');
  standing.note(reading.message, 1);
  const kept = standing.current.initialize?.bytes;
  expect(kept).toEqual(Uint8Array.from(text));
  expect(kept?.buffer.byteLength).toBe(text.length);
});
