import { expect, test } from 'vitest';
import { messageOf, withMembers, withTopMembers } from '../../electron/upstream/splice.ts';

test('makes an object where there is none', () => {
  expect(withMembers(Buffer.from('[1]'), { start: 0, end: 3 }, { a: '1' }).toString()).toBe('{"a":1}');
  expect(withMembers(Buffer.alloc(0), undefined, {}).toString()).toBe('{}');
});

test('leaves the bytes of all else as they came', () => {
  const message = messageOf('{ "id" : 1,"x":1.0e2, "method":"a", "big":12345678901234567890 }');
  const changed = withTopMembers(message, { id: '"b"', x: undefined });
  expect(Buffer.from(changed.bytes).toString()).toBe('{"method":"a","big":12345678901234567890,"id":"b"}');
});
