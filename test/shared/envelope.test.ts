import { Buffer } from 'node:buffer';
import { expect, test } from 'vitest';
import { idKeyOf, memberOf, readEnvelope, textOf, type Reading } from '../../shared/envelope.ts';

const bytesOf = (text: string) => Buffer.from(text, 'utf8');
const read = (text: string): Reading => readEnvelope(bytesOf(text));

test('keeps the text of an id that a double would round', () => {
  const reading = read('{"id":123456789012345678901,"method":"m"}');
  expect(reading).toMatchObject({ message: { id: '123456789012345678901' } });
});

test('holds ids equal exactly where JSON does', () => {
  const key = (source: string) => idKeyOf(bytesOf(source), { start: 0, end: bytesOf(source).length });
  expect(key('1')).toBe(key('1.0'));
  expect(key('1e2')).toBe(key('100'));
  expect(key('"a"')).toBe(key('"\\u0061"'));
  expect(key('"é"')).toBe(key('"\\u00e9"'));
  expect(key('-0')).toBe(key('0'));
  expect(key('1')).not.toBe(key('"1"'));
  expect(key('9007199254740993')).not.toBe(key('9007199254740992'));
  expect(key('null')).toBeUndefined();
  expect(key('true')).toBeUndefined();
  expect(key('{}')).toBeUndefined();
});

test('tells requests, notifications, responses and errors apart', () => {
  expect(read('{"id":1,"method":"a"}')).toMatchObject({ message: { kind: 'request' } });
  expect(read('{"method":"a"}')).toMatchObject({ message: { kind: 'notification', id: undefined } });
  expect(read('{"id":1,"result":{}}')).toMatchObject({ message: { kind: 'response', failed: false } });
  expect(read('{"id":null,"error":{}}')).toMatchObject({
    message: { kind: 'response', failed: true, id: 'null' },
  });
  expect(read('{"error":{}}')).toMatchObject({
    message: { kind: 'response', failed: true, id: undefined, idKey: undefined },
  });
});

test('names what is JSON but no message', () => {
  expect(read('{"id":null,"method":"a"}')).toEqual({ status: 'not_a_message', id: undefined });
  expect(read('{"result":{}}')).toEqual({ status: 'not_a_message', id: undefined });
  expect(read('{"id":true,"error":{}}')).toEqual({ status: 'not_a_message', id: undefined });
  expect(read('{"id":7}')).toEqual({ status: 'not_a_message', id: '7' });
  expect(read('{"id":7,"method":5}')).toEqual({ status: 'not_a_message', id: '7' });
  expect(read('"text"')).toEqual({ status: 'not_a_message', id: undefined });
  expect(read('{}')).toEqual({ status: 'not_a_message', id: undefined });
  expect(read('{"id":1,}')).toEqual({ status: 'not_json' });
  expect(read('')).toEqual({ status: 'not_json' });
});

test('splits a batch into the bytes of its elements', () => {
  const reading = read(' [ {"id":1,"method":"a"} , 2 ] ');
  if (reading.status !== 'batch') throw new Error(reading.status);
  expect(reading.elements.map((each) => Buffer.from(each).toString())).toEqual([
    '{"id":1,"method":"a"}',
    '2',
  ]);
  expect(read('[1,')).toEqual({ status: 'not_json' });
});

test('reads a member by its name, however it is spelled, the last where it is repeated', () => {
  const bytes = bytesOf('{"params":{"n\\u0061me":"first","name":"é\\n"}}');
  const params = memberOf(bytes, { start: 0, end: bytes.length }, 'params');
  const name = memberOf(bytes, params, 'name');
  expect(name === undefined ? undefined : textOf(bytes, name)).toBe('é\n');
});

test('walks 200,000 nested arrays without recursion', () => {
  const deep = `{"id":1,"method":"a","params":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
  expect(read(deep)).toMatchObject({ status: 'message' });
});
