/** Reads server-sent events out of a byte stream (WHATWG HTML §9.2.6), keeping each event's data as bytes. */

export interface ServerSentEvent {
  /** `message` where the stream names none. */
  readonly type: string;
  readonly data: Buffer;
}

export interface SseEvents {
  event(event: ServerSentEvent): void;
  /** The last event id, told before the event that it belongs to, and only once that event is whole. */
  id(id: string): void;
  /** How long to wait before connecting again, in milliseconds. */
  retry(ms: number): void;
}

export interface SseReader {
  /** @returns false when an event is larger than allowed: the stream must be given up */
  push(chunk: Uint8Array): boolean;
}

const lf = 0x0a;
const cr = 0x0d;
const longestFieldName = 8;
/** Ids and event names are kept as text; beyond this a stream means harm. */
const longestTextBytes = 16 * 1024;

export function createSseReader(maxEventBytes: number, events: SseEvents): SseReader {
  /** The line under way, in pieces. */
  let line: Buffer[] = [];
  let lineBytes = 0;
  /** The event under way. */
  let data: Buffer[] = [];
  let dataBytes = 0;
  let type = '';
  let id: string | undefined;
  let first = true;
  let skipLf = false;

  const dispatch = () => {
    // Not as its line is read: who resumes behind an event that was cut off would never get it.
    if (id !== undefined) events.id(id);
    id = undefined;
    // An event without data is not dispatched; its id counts all the same, which is how servers prime resumption.
    if (data.length > 0) {
      const whole = data.length === 1 ? (data[0] as Buffer) : joined(data);
      events.event({ type: type === '' ? 'message' : type, data: whole });
    }
    data = [];
    dataBytes = 0;
    type = '';
  };

  const takeLine = (whole: Buffer) => {
    const bytes =
      first && whole[0] === 0xef && whole[1] === 0xbb && whole[2] === 0xbf ? whole.subarray(3) : whole;
    first = false;
    if (bytes.length === 0) {
      dispatch();
      return;
    }
    const colon = bytes.subarray(0, longestFieldName).indexOf(0x3a);
    const field = bytes.toString('latin1', 0, colon < 0 ? Math.min(bytes.length, longestFieldName) : colon);
    const start = colon < 0 ? bytes.length : bytes[colon + 1] === 0x20 ? colon + 2 : colon + 1;
    const value = bytes.subarray(start);
    switch (field) {
      case 'data':
        data.push(value);
        dataBytes += value.length + 1;
        break;
      case 'event':
        type = value.toString('utf8', 0, Math.min(value.length, longestTextBytes));
        break;
      case 'id':
        if (value.length <= longestTextBytes && !value.includes(0)) id = value.toString('utf8');
        break;
      case 'retry':
        if (/^\d{1,9}$/.test(value.toString('latin1', 0, 10))) events.retry(Number(value.toString('latin1')));
        break;
      default:
        break;
    }
  };

  return {
    push(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      let start = 0;
      if (skipLf && bytes[0] === lf) start = 1;
      if (bytes.length > 0) skipLf = false;
      let nextLf = bytes.indexOf(lf, start);
      let nextCr = bytes.indexOf(cr, start);
      while (nextLf >= 0 || nextCr >= 0) {
        const end = nextCr < 0 || (nextLf >= 0 && nextLf < nextCr) ? nextLf : nextCr;
        const piece = bytes.subarray(start, end);
        if (lineBytes + piece.length + dataBytes > maxEventBytes) return false;
        takeLine(line.length === 0 ? piece : Buffer.concat([...line, piece]));
        line = [];
        lineBytes = 0;
        start = end + 1;
        if (end === nextCr) {
          if (start === bytes.length) skipLf = true;
          else if (bytes[start] === lf) start += 1;
        }
        // Each is looked for again only once passed, or a stream of short lines would be read over and over.
        if (nextLf >= 0 && nextLf < start) nextLf = bytes.indexOf(lf, start);
        if (nextCr >= 0 && nextCr < start) nextCr = bytes.indexOf(cr, start);
      }
      if (start < bytes.length) {
        line.push(bytes.subarray(start));
        lineBytes += bytes.length - start;
      }
      return lineBytes + dataBytes <= maxEventBytes;
    },
  };
}

function joined(lines: Buffer[]): Buffer {
  const separated = lines.flatMap((each, index) => (index === 0 ? [each] : [Buffer.of(lf), each]));
  return Buffer.concat(separated);
}
