import { expect, test } from 'vitest';
import {
  createFrameReader,
  frameHead,
  frameTypes,
  maxMessageBytes,
  type Frame,
} from '../../electron/socket/frames.ts';

function read(chunks: Uint8Array[]): { frames: Frame[]; kept: boolean } {
  const frames: Frame[] = [];
  const reader = createFrameReader((each) => frames.push({ ...each, payload: Buffer.from(each.payload) }));
  const kept = chunks.every((chunk) => reader.push(Buffer.from(chunk)));
  return { frames, kept };
}

test('a frame is a length, a type, a number and the payload, all big-endian', () => {
  expect(frameHead(frameTypes.line, 0x01020304, 3)).toEqual(Buffer.from([0, 0, 0, 8, 2, 1, 2, 3, 4]));
});

test('carries the longest message there may be', () => {
  const payload = Buffer.alloc(maxMessageBytes, 'x');
  const head = frameHead(frameTypes.message, 7, payload.length);
  const chunks = [head];
  for (let at = 0; at < payload.length; at += 1 << 16) chunks.push(payload.subarray(at, at + (1 << 16)));
  const lengths: number[] = [];
  const reader = createFrameReader((each) => lengths.push(each.payload.length));
  for (const chunk of chunks) expect(reader.push(chunk)).toBe(true);
  expect(lengths).toEqual([maxMessageBytes]);
});

test.each([
  ['longer than any message', 0x7fff_ffff],
  ['the longest there can be', 0xffff_ffff],
  ['too short to have a head', 4],
  ['empty', 0],
])('a frame that says it is %s ends the stream before it is waited for', (_name, length) => {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(length);
  expect(read([head]).kept).toBe(false);
});
