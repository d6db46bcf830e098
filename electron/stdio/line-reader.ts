/** Cuts the client's stdin into lines: one JSON-RPC message each (MCP, stdio transport). */

export interface LineReader {
  push(chunk: Buffer): void;
  /** The input has ended; a last line without its newline still counts. */
  end(): void;
}

/**
 * @param maxBytes a longer line is dropped up to its end
 * @param onLine gets each line without its line ending; empty ones are skipped
 * @param onTooLong told once for each dropped line
 */
export function createLineReader(
  maxBytes: number,
  onLine: (line: Buffer) => void,
  onTooLong: () => void,
): LineReader {
  let parts: Buffer[] = [];
  let partsBytes = 0;
  let dropping = false;

  const finish = (last: Buffer) => {
    let line = parts.length === 0 ? last : Buffer.concat([...parts, last], partsBytes + last.length);
    parts = [];
    partsBytes = 0;
    if (line[line.length - 1] === 0x0d) line = line.subarray(0, -1);
    if (dropping) dropping = false;
    else if (line.length > maxBytes) onTooLong();
    else if (line.length > 0) onLine(line);
  };

  return {
    push(chunk) {
      let start = 0;
      for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
        finish(chunk.subarray(start, end));
        start = end + 1;
      }
      const rest = chunk.subarray(start);
      if (dropping || rest.length === 0) return;
      parts.push(rest);
      partsBytes += rest.length;
      if (partsBytes > maxBytes + 1) {
        parts = [];
        partsBytes = 0;
        dropping = true;
        onTooLong();
      }
    },
    end() {
      finish(Buffer.alloc(0));
    },
  };
}
