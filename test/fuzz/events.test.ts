import fc from 'fast-check';
import { expect, test } from 'vitest';
import { incomingMessages } from '../../electron/upstream/transports/incoming.ts';
import { createSseReader } from '../../electron/runtime/sse-reader.ts';
import { anyBytes, anyText, cutAt, damaged, messageText, places } from './arbitraries.ts';
import { patience, runsOf } from './cases.ts';

interface Read {
  readonly events: { type: string; data: string; id: string | undefined }[];
  readonly retries: number[];
}

function read(chunks: readonly Uint8Array[], maxBytes = 1 << 20): Read & { bounded: boolean } {
  const events: Read['events'] = [];
  const retries: number[] = [];
  let id: string | undefined;
  const reader = createSseReader(maxBytes, {
    event(event) {
      events.push({ type: event.type, data: event.data.toString(), id });
      // Whoever gets it reads it.
      for (const { bytes } of incomingMessages(event.data) ?? []) expect(bytes.includes(0x0a)).toBe(false);
    },
    id: (next) => (id = next),
    retry: (ms) => retries.push(ms),
  });
  return { bounded: chunks.every((chunk) => reader.push(chunk)), events, retries };
}

/** The same by the standard's words, on the whole text (WHATWG HTML §9.2.6). */
function naive(text: string): Read {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/);
  lines.pop();
  const events: Read['events'] = [];
  const retries: number[] = [];
  let id: string | undefined;
  let data = '';
  let type = '';
  for (const line of lines) {
    if (line === '') {
      if (data !== '') events.push({ type: type === '' ? 'message' : type, data: data.slice(0, -1), id });
      data = '';
      type = '';
      continue;
    }
    const colon = line.indexOf(':');
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'data') data += `${value}\n`;
    else if (field === 'event') type = value;
    else if (field === 'id' && !value.includes('\0')) id = value;
    else if (field === 'retry' && /^\d{1,9}$/.test(value)) retries.push(Number(value));
  }
  return { events, retries };
}

const oneLine = (text: string) =>
  Buffer.from(text)
    .toString()
    .replace(/[\r\n]/g, '');
const value = fc.oneof(
  fc.constantFrom('', ' ', '  two', 'x:y', '7', 'endpoint', 'a\0b', '20', '1e3', '0123456789', '٣'),
  anyText.map(oneLine),
  messageText.map(oneLine),
);
const line = fc
  .tuple(
    fc.constantFrom(
      'data',
      'data',
      'data',
      'event',
      'id',
      'retry',
      '',
      'dataset',
      ' data',
      'Data',
      'comment-long',
    ),
    fc.constantFrom(':', ':', ': ', ''),
    value,
  )
  .map((parts) => parts.join(''));
const streamText = fc
  .tuple(
    fc.constantFrom('', '\ufeff', '\ufeff\ufeff'),
    fc.array(fc.tuple(line, fc.constantFrom('\n', '\r', '\r\n', '\n\n', '\r\n\r\n', '\r\r', '\n\r', ''))),
  )
  .map(([bom, lines]) => bom + lines.map((each) => each.join('')).join(''));

test('reads any stream, cut anywhere, as the standard says', patience, () => {
  fc.assert(
    fc.property(streamText, places, (text, at) => {
      expect(read(cutAt(Buffer.from(text), at))).toEqual({ ...naive(text), bounded: true });
    }),
    runsOf('event streams by the standard'),
  );
});

test('reads any bytes the same however they are cut, and keeps no more of them than it may', patience, () => {
  const stream = fc.oneof(anyBytes, damaged(streamText));
  fc.assert(
    fc.property(stream, places, fc.integer({ min: 0, max: 60 }), (bytes, at, maxBytes) => {
      const atOnce = read([bytes]);
      expect(read(cutAt(bytes, at))).toEqual(atOnce);
      expect(read([...bytes].map((byte) => Buffer.of(byte)))).toEqual(atOnce);
      const { events, bounded } = read(cutAt(bytes, at), maxBytes);
      expect(atOnce.events.slice(0, events.length)).toEqual(events);
      if (bounded) expect(events).toEqual(atOnce.events);
    }),
    runsOf('event streams of any bytes'),
  );
});
