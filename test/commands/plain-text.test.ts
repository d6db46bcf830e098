import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainLine, plainText } from '../../electron/commands/plain-text.ts';
import { plainJson } from '../../shared/plain-json.ts';

/** Controls but tab and newline, line separators, and what re-orders text. */
function isDangerous(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  if (character === '\t' || character === '\n') return false;
  return (
    code < 0x20 ||
    (code >= 0x7f && code <= 0x9f) ||
    /[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/.test(character)
  );
}
const dangersIn = (text: string) => Array.from(text).filter(isDangerous);
const text = fc.string({ unit: 'binary' });

test.each([
  ['\u001b[2J\u001b]0;title\u0007', '\\u{1b}[2J\\u{1b}]0;title\\u{7}'],
  ['\u009b31m', '\\u{9b}31m'],
  ['safe\u202egpj.exe', 'safe\\u{202e}gpj.exe'],
  ['over\rwritten', 'over\\u{d}written'],
  ['a\r\nb\tc', 'a\nb\tc'],
  ['👩‍💻 naïve 日本', '👩‍💻 naïve 日本'],
  ['\u{e0041}', '\\u{e0041}'],
])('shows %j as %j', (hostile, shown) => {
  expect(plainText(hostile)).toBe(shown);
});

test('nothing that a terminal acts on gets through', () => {
  fc.assert(
    fc.property(text, (any) => {
      expect(dangersIn(plainText(any))).toEqual([]);
      expect(plainLine(any)).not.toMatch(/\n|\t/);
      expect(plainLine(any, 10).length).toBeLessThanOrEqual(10);
    }),
  );
});

test('JSON made safe is still the same JSON', () => {
  fc.assert(
    fc.property(fc.record({ any: text, more: fc.jsonValue() }), (value) => {
      const made = plainJson(value, 2);
      expect(dangersIn(made)).toEqual([]);
      expect(JSON.parse(made)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
