import { expect, test } from 'vitest';
import { linesRead } from '../support/lines-read.ts';

test('drops a line that is too long without keeping it, and takes the next', () => {
  const chunk = Buffer.alloc(1 << 16, 'x');
  const chunks = [...Array.from({ length: 64 }, () => chunk), Buffer.from('\nnext\n')];
  expect(linesRead(chunks, 1 << 20)).toEqual({ lines: ['next'], tooLong: 1 });
});

test('a last line counts without its line break', () => {
  expect(linesRead([Buffer.from('a\nb')]).lines).toEqual(['a', 'b']);
});
