import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import {
  createFrameReader,
  frameHead,
  frameTypes,
  type Frame,
  type FrameType,
} from '../../electron/socket/frames.ts';
import { admitCaller } from '../../electron/socket/handshake.ts';
import { createLedger } from '../../electron/stdio/ledger.ts';
import { linesRead } from '../support/lines-read.ts';
import { newProfile } from '../support/profile.ts';
import { anyBytes, batchText, cutAt, damaged, messageText, places } from './arbitraries.ts';
import { patience, runsOf } from './cases.ts';

/** What `linesRead` does, on all of the text at once. */
function naiveLines(bytes: Buffer, maxBytes: number) {
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

const lineInput = fc
  .array(
    fc.oneof(
      anyBytes,
      fc.constantFrom('\n', '\r\n', '\r', '\n\n', '\n\r').map((text) => Buffer.from(text)),
      messageText.map((text) => Buffer.from(text)),
    ),
    { maxLength: 8 },
  )
  .map((parts) => Buffer.concat(parts));

test('cuts any bytes, split anywhere, into the lines that they are', patience, () => {
  fc.assert(
    fc.property(lineInput, places, fc.integer({ min: 1, max: 60 }), (bytes, at, maxBytes) => {
      expect(linesRead(cutAt(bytes, at), maxBytes)).toEqual(naiveLines(bytes, maxBytes));
    }),
    runsOf('lines cut anywhere'),
  );
});

const frame = fc.record({
  type: fc.constantFrom<FrameType>(...Object.values(frameTypes)),
  seq: fc.integer({ min: 0, max: 0xffff_ffff }),
  payload: anyBytes,
});
const wire = ({ type, seq, payload }: { type: FrameType; seq: number; payload: Buffer }) =>
  Buffer.concat([frameHead(type, seq, payload.length), payload]);

function framesOf(chunks: readonly Buffer[]): { frames: Frame[]; kept: boolean } {
  const frames: Frame[] = [];
  const reader = createFrameReader((each) => frames.push({ ...each, payload: Buffer.from(each.payload) }));
  const kept = chunks.every((chunk) => reader.push(chunk));
  return { frames, kept };
}

test('reads the frames that were written, cut anywhere', patience, () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 5 }), places, (frames, at) => {
      const bytes = Buffer.concat(frames.map(wire));
      expect(framesOf(cutAt(bytes, at))).toEqual({ frames, kept: true });
    }),
    runsOf('frames cut anywhere'),
  );
});

test(
  'reads what a stranger sends for frames the same however it is cut, and gives it up or waits',
  patience,
  () => {
    const stream = fc
      .array(fc.oneof(frame.map(wire), anyBytes), { maxLength: 4 })
      .map((parts) => Buffer.concat(parts));
    fc.assert(
      fc.property(stream, places, (bytes, at) => {
        expect(framesOf(cutAt(bytes, at))).toEqual(framesOf([bytes]));
      }),
      runsOf('frames of strangers'),
    );
  },
);

test('lets no stranger in, whatever it says', patience, async () => {
  const profile = newProfile();
  const address = join(profile.paths.home, 's');
  const server = createServer().listen(address);
  onTestFinished(async () => {
    server.close();
    await profile[Symbol.asyncDispose]();
  });
  await once(server, 'listening');
  const word = fc.constantFrom(
    'FAIRLEAD/1',
    'FAIRLEAD/2',
    'endpoint',
    'control',
    ' ',
    '\n',
    '\r\n',
    'A'.repeat(43),
  );
  const said = fc
    .array(
      fc.oneof(
        word.map((text) => Buffer.from(text)),
        anyBytes,
      ),
      { maxLength: 8 },
    )
    .map((parts) => Buffer.concat(parts));
  const key = randomBytes(32);
  await fc.assert(
    fc.asyncProperty(said, async (bytes) => {
      const accepted = once(server, 'connection') as Promise<[Socket]>;
      const caller = connect(address).on('error', () => undefined);
      const [core] = await accepted;
      caller.end(bytes);
      await expect(admitCaller(core, { key, address })).rejects.toThrow();
      expect(core.destroyed).toBe(true);
      caller.destroy();
    }),
    runsOf('handshakes of strangers'),
  );
});

test('answers for a lost core under ids that are JSON, whatever the client had written', patience, () => {
  const line = fc.oneof(
    messageText.map((text) => Buffer.from(text)),
    damaged(messageText),
    batchText.map((text) => Buffer.from(text)),
    anyBytes,
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 4 }), (lines) => {
      const ledger = createLedger();
      for (const each of lines) ledger.sent(ledger.add(each));
      for (const { id } of ledger.loseCore()) expect(() => JSON.parse(id) as unknown).not.toThrow();
    }),
    runsOf('lines lost with a core'),
  );
});
