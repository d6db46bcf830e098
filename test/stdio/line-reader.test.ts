import { expect, test } from 'vitest';
import { createLineReader } from '../../electron/stdio/line-reader.ts';

function read(chunks: Uint8Array[], maxBytes = 1 << 20) {
  const lines: string[] = [];
  let tooLong = 0;
  const reader = createLineReader(
    maxBytes,
    (line) => lines.push(line.toString('latin1')),
    () => (tooLong += 1),
  );
  for (const chunk of chunks) reader.push(Buffer.from(chunk));
  reader.end();
  return { lines, tooLong };
}

test('drops a line that is too long without keeping it, and takes the next', () => {
  const chunk = Buffer.alloc(1 << 16, 'x');
  const chunks = [...Array.from({ length: 64 }, () => chunk), Buffer.from('\nnext\n')];
  expect(read(chunks, 1 << 20)).toEqual({ lines: ['next'], tooLong: 1 });
});

test('a last line counts without its line break', () => {
  expect(read([Buffer.from('a\nb')]).lines).toEqual(['a', 'b']);
});
