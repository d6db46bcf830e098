import fc from 'fast-check';
import { expect, test } from 'vitest';
import { messageOf, withMembers, withTopMembers } from '../../electron/upstream/splice.ts';

const object = fc.dictionary(fc.string(), fc.jsonValue());
const edits = fc.dictionary(fc.string(), fc.option(fc.jsonValue(), { nil: undefined }));

test('changes the members that it is told to, and no other', () => {
  fc.assert(
    fc.property(object, edits, fc.nat(2), (before, members, indent) => {
      const bytes = Buffer.from(JSON.stringify(before, null, indent));
      const json = Object.fromEntries(
        Object.entries(members).map(([name, value]) => [
          name,
          value === undefined ? undefined : JSON.stringify(value),
        ]),
      );
      const after = withMembers(bytes, { start: 0, end: bytes.length }, json);
      const wanted = Object.entries({ ...before, ...members }).filter(([, value]) => value !== undefined);
      const written = JSON.parse(after.toString()) as Record<string, unknown>;
      expect(new Map(Object.entries(written))).toEqual(
        new Map(Object.entries(JSON.parse(JSON.stringify(Object.fromEntries(wanted))) as object)),
      );
    }),
    { numRuns: 1_000 },
  );
});

test('makes an object where there is none', () => {
  expect(withMembers(Buffer.from('[1]'), { start: 0, end: 3 }, { a: '1' }).toString()).toBe('{"a":1}');
  expect(withMembers(Buffer.alloc(0), undefined, {}).toString()).toBe('{}');
});

test('leaves the bytes of all else as they came', () => {
  const message = messageOf('{ "id" : 1,"x":1.0e2, "method":"a", "big":12345678901234567890 }');
  const changed = withTopMembers(message, { id: '"b"', x: undefined });
  expect(Buffer.from(changed.bytes).toString()).toBe('{"method":"a","big":12345678901234567890,"id":"b"}');
});
