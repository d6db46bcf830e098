import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSseReader } from '../../electron/upstream/sse-reader.ts';

interface Read {
  readonly events: { type: string; data: string; id: string | undefined }[];
  readonly ids: string[];
  readonly retries: number[];
  readonly bounded: boolean;
}

function read(chunks: Uint8Array[], maxBytes = 1 << 20): Read {
  const result = {
    events: [] as Read['events'],
    ids: [] as string[],
    retries: [] as number[],
    bounded: true,
  };
  let id: string | undefined;
  const reader = createSseReader(maxBytes, {
    event: ({ type, data }) => result.events.push({ type, data: data.toString(), id }),
    id(next) {
      id = next;
      result.ids.push(next);
    },
    retry: (ms) => result.retries.push(ms),
  });
  for (const chunk of chunks) result.bounded &&= reader.push(chunk);
  return result;
}

/** The same by the standard's words, on the whole text (WHATWG HTML §9.2.6). */
function naive(text: string): Omit<Read, 'bounded' | 'ids'> {
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
    else if (field === 'retry' && /^\d+$/.test(value)) retries.push(Number(value));
  }
  return { events, retries };
}

const lineText = fc.oneof(
  fc.constantFrom(
    '',
    ':',
    ': note',
    'data',
    'data:',
    'data: ',
    'data:  two',
    'data:x:y',
    'dataset: no',
    ' data: no',
  ),
  fc.constantFrom(
    'event: endpoint',
    'event:',
    'event',
    'id: 7',
    'id:',
    'id',
    'id: a\0b',
    'retry: 20',
    'retry: x',
    'retry: 1e3',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }).map((text) => `data: ${text.replace(/[\r\n]/g, '')}`),
);
const streamText = fc
  .tuple(
    fc.constantFrom('', '\ufeff'),
    fc.array(fc.tuple(lineText, fc.constantFrom('\n', '\r', '\r\n', '\n\n', '\r\n\r\n', '\r\r'))),
  )
  .map(([bom, lines]) => bom + lines.map((each) => each.join('')).join(''));

function cut(bytes: Uint8Array, places: number[]): Uint8Array[] {
  const cuts = [0, ...places.map((place) => place % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return cuts.slice(1).map((end, index) => bytes.subarray(cuts[index], end));
}

test('reads any stream, cut anywhere, as the standard says', () => {
  fc.assert(
    fc.property(streamText, fc.array(fc.nat(400), { maxLength: 12 }), (text, places) => {
      const { events, retries } = read(cut(Buffer.from(text), places));
      expect({ events, retries }).toEqual(naive(text));
    }),
    { numRuns: 1_000 },
  );
});

test('reads byte by byte as it reads at once', () => {
  fc.assert(
    fc.property(streamText, (text) => {
      const bytes = Buffer.from(text);
      expect(read([...bytes].map((byte) => Buffer.of(byte)))).toEqual(read([bytes]));
    }),
  );
});

test('tells an id with the event that it belongs to, not before that is whole', () => {
  const cutOff = read([Buffer.from('id: 1\ndata: a\n\nid: 2\ndata: b\n')]);
  expect(cutOff.ids).toEqual(['1']);
  expect(read([Buffer.from('id: 1\n\n')]).ids).toEqual(['1']);
});

test('gives up an event that is larger than allowed, in one line or in many', () => {
  expect(read([Buffer.from(`data: ${'x'.repeat(100)}`)], 50).bounded).toBe(false);
  expect(read([Buffer.from('data: x\n'.repeat(100))], 50).bounded).toBe(false);
  expect(read([Buffer.from('data: x\n\n'.repeat(100))], 50).bounded).toBe(true);
  expect(read([Buffer.from(`: ${'x'.repeat(20)}\n`.repeat(100))], 50).bounded).toBe(true);
});
