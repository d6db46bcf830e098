import { expect, test } from 'vitest';
import { plain, plainLine } from '../../../renderer/ui/plain.ts';

test('shows what would move a cursor, hide or re-order text', () => {
  expect(plain('safe\u202egnp.exe')).toBe('safe\\u{202e}gnp.exe');
  expect(plain('a\u0000b\u001b[2Jc')).toBe('a\\u{0}b\\u{1b}[2Jc');
  expect(plain('zero\u200bwidth')).toBe('zero\\u{200b}width');
});

test('leaves scripts and emoji whole, which need joiners', () => {
  expect(plain('नी\u200dति 👩\u200d🔧 שלום')).toBe('नी\u200dति 👩\u200d🔧 שלום');
});

test('keeps line breaks, but for names', () => {
  expect(plain('one\r\ntwo\rthree')).toBe('one\ntwo\nthree');
  expect(plainLine('  one\n\n two\tthree ')).toBe('one two three');
});
