import fc from 'fast-check';
import { expect, test } from 'vitest';
import { joinValue, parseHeader, splitValue } from '../../electron/credentials/vault-parts.ts';

const slot = fc.constantFrom('a', 'b');
const value = fc.string({ unit: 'binary', maxLength: 12_000, size: 'max' });

test('any value comes back from its parts, and each part fits into a Windows entry', () => {
  fc.assert(
    fc.property(value, slot, (text, where) => {
      const { header, parts } = splitValue(text, where)!;
      for (const entry of [header, ...parts]) expect(entry).toMatch(/^[\w.-]{1,1279}$/);
      const parsed = parseHeader(header)!;
      expect(parsed).toMatchObject({ slot: where, parts: parts.length });
      expect(joinValue(parsed, parts)).toBe(text);
    }),
    { numRuns: 200 },
  );
});

test('parts of two values never make a third', () => {
  fc.assert(
    fc.property(value, value, slot, (one, other, where) => {
      fc.pre(one !== other);
      const header = parseHeader(splitValue(one, where)!.header)!;
      const { parts } = splitValue(other, where)!;
      expect([one, undefined]).toContain(joinValue(header, parts));
    }),
  );
});

test('a value without its last part, or with one too many, is no value', () => {
  const { header, parts } = splitValue('x'.repeat(5_000), 'a')!;
  const parsed = parseHeader(header)!;
  expect(joinValue(parsed, parts.slice(0, -1))).toBeUndefined();
  expect(joinValue(parsed, [...parts, 'eA'])).toBeUndefined();
});

test('reads any text as a header without throwing, and only its own as one', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseHeader(text)).toBeUndefined();
    }),
  );
  expect(parseHeader(splitValue('', 'b')!.header)).toMatchObject({ parts: 0, first: '' });
});

test('refuses what would take more than a hundred entries', () => {
  expect(splitValue('x'.repeat(80_000), 'a')?.parts.length).toBeLessThan(100);
  expect(splitValue('x'.repeat(90_000), 'a')).toBeUndefined();
});
