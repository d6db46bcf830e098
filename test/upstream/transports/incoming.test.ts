import { expect, test } from 'vitest';
import { incomingMessages } from '../../../electron/upstream/transports/incoming.ts';

const texts = (text: string) =>
  incomingMessages(Buffer.from(text))?.map(({ bytes }) => Buffer.from(bytes).toString());

test('puts a message on one line without changing anything else', () => {
  expect(texts('{\r\n "jsonrpc":"2.0",\n"id" : 1.0,"result":{"t":"a\\nb\u2028"}\n}\n')).toEqual([
    '{   "jsonrpc":"2.0", "id" : 1.0,"result":{"t":"a\\nb\u2028"} }',
  ]);
});

test('takes a batch apart', () => {
  expect(texts('[{"jsonrpc":"2.0","method":"a"},\n{"jsonrpc":"2.0","id":1,"result":{}}]')).toEqual([
    '{"jsonrpc":"2.0","method":"a"}',
    '{"jsonrpc":"2.0","id":1,"result":{}}',
  ]);
});

test.each([
  '',
  '<html>',
  '{"id":1',
  '"x"',
  '{}',
  '[{"jsonrpc":"2.0","method":"a"},7]',
  '{"id":1,"result":{"t":"a\nb"}}',
])('refuses %j', (text) => {
  expect(texts(text)).toBeUndefined();
});

test('refuses what is not UTF-8', () => {
  expect(incomingMessages(Buffer.from('{"id":1,"result":"\xff"}', 'latin1'))).toBeUndefined();
});
