import { expect, test } from 'vitest';
import { readEnvelope, type Message } from '../../../shared/envelope.ts';
import { headerValue } from '../../../electron/upstream/transports/header-value.ts';
import { paramHeaders, paramHeadersOf } from '../../../electron/upstream/transports/param-headers.ts';

const object = (properties: Record<string, unknown>) => ({ type: 'object', properties });
const marked = (name: unknown, type: unknown = 'string') => ({ type, 'x-mcp-header': name });

test('finds annotated properties at any depth of properties', () => {
  const schema = object({
    region: marked('Region'),
    deep: object({ level: marked('LEVEL', 'integer'), on: marked('On', 'boolean') }),
    'x-mcp-header': { type: 'string', default: { 'x-mcp-header': 'not one' } },
  });
  expect(paramHeadersOf(schema)).toEqual([
    { header: 'mcp-param-region', path: ['region'] },
    { header: 'mcp-param-level', path: ['deep', 'level'] },
    { header: 'mcp-param-on', path: ['deep', 'on'] },
  ]);
  expect(paramHeadersOf({ type: 'object' })).toEqual([]);
  expect(paramHeadersOf(undefined)).toEqual([]);
});

test.each<[string, unknown]>([
  ['an empty name', object({ a: marked('') })],
  ['a name that is no text', object({ a: marked(1) })],
  ['a space', object({ a: marked('My Region') })],
  ['a colon', object({ a: marked('Region:Primary') })],
  ['a letter beyond ASCII', object({ a: marked('Région') })],
  ['a control character', object({ a: marked('Region\t1') })],
  ['a line break at its end', object({ a: marked('Region\n') })],
  ['an object', object({ a: marked('Data', 'object') })],
  ['an array', object({ a: marked('Items', 'array') })],
  ['null', object({ a: marked('Nil', 'null') })],
  ['a number', object({ a: marked('Score', 'number') })],
  ['several types', object({ a: marked('Score', ['string', 'null']) })],
  ['the same name twice', object({ a: marked('Region'), b: marked('region') })],
  ['the root', marked('Root', 'string')],
  ['items', object({ a: { type: 'array', items: marked('Item') } })],
  ['an alternative', object({ a: { anyOf: [marked('Item')] } })],
  ['a condition', { ...object({}), if: object({ a: marked('Item') }) }],
  ['definitions', { ...object({}), $defs: { a: marked('Item') } }],
  ['properties by pattern', { type: 'object', patternProperties: { a: marked('Item') } }],
  ['a keyword that nobody knows', { ...object({}), 'x-own': [marked('Item')] }],
])('refuses a tool that annotates, or names its header with, %s', (_name, schema) => {
  expect(paramHeadersOf(schema)).toBeUndefined();
});

test('refuses a schema of endless depth without failing over it', () => {
  let schema: unknown = marked('Deep');
  for (let depth = 0; depth < 50_000; depth += 1) schema = object({ a: schema });
  expect(paramHeadersOf(schema)).toBeUndefined();
});

const call = (args: string): Message => {
  const reading = readEnvelope(
    Buffer.from(`{"id":1,"method":"tools/call","params":{"name":"t","arguments":${args}}}`),
  );
  if (reading.status !== 'message') throw new Error('The call is no message.');
  return reading.message;
};

test.each([
  ['"us west"', 'us west'],
  ['""', '=?base64??='],
  ['"Grüße"', '=?base64?R3LDvMOfZQ==?='],
  ['"a\\r\\nx-evil: 1"', '=?base64?YQ0KeC1ldmlsOiAx?='],
  ['true', 'true'],
  ['false', 'false'],
  ['42', '42'],
  ['-7', '-7'],
  ['-0', '0'],
  ['12345678901234567890', '12345678901234567890'],
  ['1e3', '1000'],
  ['42.0', '42'],
  ['0.5', '0.5'],
  ['1e999', undefined],
  ['null', undefined],
  ['{}', undefined],
  ['["a"]', undefined],
])('puts the argument %s into its header as %s', (json, value) => {
  const wanted = [{ header: 'mcp-param-a', path: ['in', 'a'] }];
  expect(paramHeaders(call(`{"in":{"a":${json}}}`), wanted)).toEqual(
    value === undefined ? {} : { 'mcp-param-a': value },
  );
});

test('leaves out the header of an argument that is not there', () => {
  const wanted = [{ header: 'mcp-param-a', path: ['in', 'a'] }];
  for (const args of ['{}', '{"in":1}', '{"in":{"b":"a"}}', 'null', '[]']) {
    expect(paramHeaders(call(args), wanted)).toEqual({});
  }
});

test.each([
  ['plain', 'plain'],
  ['a\tb c', 'a\tb c'],
  [' a', '=?base64?IGE=?='],
  ['a\t', '=?base64?YQk=?='],
  ['=?base64?YQ==?=', '=?base64?PT9iYXNlNjQ/WVE9PT89?='],
  ['=?base64?open', '=?base64?open'],
])('writes %j as %j', (text, value) => {
  expect(headerValue(text)).toBe(value);
});
