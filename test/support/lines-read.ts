/** What the endpoint's reader makes of bytes that come in pieces. */
import { createLineReader } from '../../electron/stdio/line-reader.ts';

/** @returns the lines, byte by byte as Latin-1, and how many were too long */
export function linesRead(chunks: readonly Uint8Array[], maxBytes = 1 << 20) {
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
