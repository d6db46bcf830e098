import fc from 'fast-check';
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

function naive(bytes: Buffer, maxBytes: number) {
  const lines = bytes
    .toString('latin1')
    .split('\n')
    .map((line) => line.replace(/\r$/, ''))
    .filter((line) => line !== '');
  return {
    lines: lines.filter((line) => line.length <= maxBytes),
    tooLong: lines.filter((line) => line.length > maxBytes).length,
  };
}

const input = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 12 }),
      fc.constantFrom(Buffer.from('\n'), Buffer.from('\r\n'), Buffer.from('\r')),
    ),
  )
  .map((parts) => Buffer.concat(parts));

test('cuts any bytes, split anywhere, into the lines that they are', () => {
  fc.assert(
    fc.property(
      input,
      fc.array(fc.nat(200), { maxLength: 10 }),
      fc.integer({ min: 1, max: 20 }),
      (bytes, places, max) => {
        const cuts = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].sort(
          (a, b) => a - b,
        );
        const chunks = cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end));
        expect(read(chunks, max)).toEqual(naive(bytes, max));
      },
    ),
    { numRuns: 2_000 },
  );
});

test('drops a line that is too long without keeping it, and takes the next', () => {
  const chunk = Buffer.alloc(1 << 16, 'x');
  const chunks = [...Array.from({ length: 64 }, () => chunk), Buffer.from('\nnext\n')];
  expect(read(chunks, 1 << 20)).toEqual({ lines: ['next'], tooLong: 1 });
});

test('a last line counts without its line break', () => {
  expect(read([Buffer.from('a\nb')]).lines).toEqual(['a', 'b']);
});
