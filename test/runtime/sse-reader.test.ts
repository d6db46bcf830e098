import { expect, test } from 'vitest';
import { createSseReader } from '../../electron/runtime/sse-reader.ts';

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
