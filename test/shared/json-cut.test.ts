import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withoutMembers } from '../../shared/json-cut.ts';
import { scanJson, type Span } from '../../shared/json-scan.ts';

const cut = (text: string, isCut: (element: string) => boolean) => {
  const bytes = Buffer.from(text);
  const array = { start: text.indexOf('['), end: text.lastIndexOf(']') + 1 };
  const textOf = ({ start, end }: Span) => bytes.subarray(start, end).toString();
  return Buffer.from(withoutMembers(bytes, array, (_key, span) => isCut(textOf(span)))).toString();
};

test.each([
  ['{"a": [ 1 , 2 ,3 ] }', '{"a": [ 2 ,3 ] }', ['1']],
  ['{"a": [ 1 , 2 ,3 ] }', '{"a": [ 1 ,3 ] }', ['2']],
  ['{"a": [ 1 , 2 ,3 ] }', '{"a": [ 1 , 2 ] }', ['3']],
  ['{"a": [ 1 , 2 ,3 ] }', '{"a": [ 2 ] }', ['1', '3']],
  ['{"a": [ 1 , 2 ,3 ] }', '{"a": [  ] }', ['1', '2', '3']],
  ['{"a": [ 1 , 2 ,3 ] }', '{"a": [ 1 , 2 ,3 ] }', []],
  ['[]', '[]', []],
])('of %s there stays %s', (text, rest, gone) => {
  expect(cut(text, (element) => gone.includes(element))).toBe(rest);
});

test('gives back the very bytes where nothing is cut out', () => {
  const bytes = Buffer.from('[1,2]');
  expect(withoutMembers(bytes, { start: 0, end: 5 }, () => false)).toBe(bytes);
});

test.each([
  ['{ "a" : 1 , "b":[2] ,"c":3}', 'a', '{ "b":[2] ,"c":3}'],
  ['{ "a" : 1 , "b":[2] ,"c":3}', 'b', '{ "a" : 1 ,"c":3}'],
  ['{ "a" : 1 , "b":[2] ,"c":3}', 'c', '{ "a" : 1 , "b":[2]}'],
])('of %s without %s there stays %s', (text, name, rest) => {
  const bytes = Buffer.from(text);
  const isCut = ({ start, end }: Span) => bytes.subarray(start, end).toString() === `"${name}"`;
  const left = withoutMembers(bytes, { start: 0, end: bytes.length }, isCut);
  expect(Buffer.from(left).toString()).toBe(rest);
});

test('whatever is cut out, the rest is the same JSON in the same bytes, in its order', () => {
  const space = fc.constantFrom('', ' ', '\n\t', '\r\n  ');
  const element = fc.tuple(fc.jsonValue(), fc.boolean(), space, space);
  const around = fc.tuple(space, space);
  fc.assert(
    fc.property(fc.array(element, { maxLength: 12 }), around, (elements, [before, behind]) => {
      const written = elements.map(([value]) => JSON.stringify(value));
      const list = elements.map(([, , left, right], at) => `${left}${written[at]}${right}`).join(',');
      const bytes = Buffer.from(`{"é":1.0${before},"tools":[${list}]${behind}}`);
      const start = bytes.indexOf('"tools":[') + '"tools":'.length;
      const array = { start, end: bytes.lastIndexOf(']') + 1 };
      const asked: string[] = [];
      let at = -1;
      const rest = withoutMembers(bytes, array, (_key, span) => {
        at += 1;
        asked.push(bytes.subarray(span.start, span.end).toString());
        return elements[at]?.[1] ?? false;
      });
      expect(asked).toEqual(written);
      expect(scanJson(rest, 0, rest.length)).toBeDefined();
      const stays = elements.filter(([, isCut]) => !isCut).map(([value]) => value);
      const { tools } = JSON.parse(Buffer.from(rest).toString()) as { tools: unknown };
      expect(JSON.stringify(tools)).toBe(JSON.stringify(stays));
      expect(Buffer.from(rest.subarray(0, start + 1))).toEqual(bytes.subarray(0, start + 1));
      expect(Buffer.from(rest.subarray(rest.length - behind.length - 2)).toString()).toBe(`]${behind}}`);
    }),
  );
});
