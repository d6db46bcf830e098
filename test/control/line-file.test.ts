import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createLineFile, type LineFileOptions } from '../../electron/control/line-file.ts';
import { readLastLines } from '../../electron/control/line-segments.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'lines-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function openFile(more: Partial<LineFileOptions> = {}) {
  const place = folder();
  const path = join(place, 'log', 'audit.jsonl');
  return { place: join(place, 'log'), path, file: createLineFile({ path, ...more }) };
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ({ n: from + index }));

test('gives back the last records, oldest first', async () => {
  const { file } = openFile();
  for (const record of numbers(0, 1000)) file.append(record);
  expect(await file.readLast(3)).toEqual(numbers(997, 1000));
  expect(await file.readLast(0)).toEqual([]);
  expect(await file.readLast(5000)).toEqual(numbers(0, 1000));
});

test('is for this user alone, also when it was not before', async () => {
  const { file, path, place } = openFile();
  file.append({});
  await file.flush();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(place).mode & 0o777).toBe(0o700);
  chmodSync(path, 0o644);
  const next = createLineFile({ path });
  next.append({});
  await next.flush();
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('cuts the file off by size, keeps a few, and reads across them', async () => {
  const { file, path, place } = openFile({ maxBytes: 100, keep: 2 });
  for (const record of numbers(0, 100)) {
    file.append(record);
    await file.flush();
  }
  // Numbered as they were cut off: nothing is renamed twice, so nothing can be lost half way.
  expect(readdirSync(place)).toEqual([
    expect.stringMatching(/^audit\.\d+\.jsonl$/),
    expect.stringMatching(/^audit\.\d+\.jsonl$/),
    'audit.jsonl',
  ]);
  expect(statSync(path).size).toBeLessThan(200);
  const kept = await file.readLast(1000);
  expect(kept).toEqual(numbers(100 - kept.length, 100));
  expect(kept.length).toBeGreaterThan(20);
  expect(await file.readLast(15)).toEqual(numbers(85, 100));
});

test('goes on behind half a line of a core that was killed', async () => {
  const { place, path, file } = openFile();
  file.append({ n: 1 });
  await file.flush();
  appendFileSync(path, '{"n": 2, "cut');
  const next = createLineFile({ path });
  next.append({ n: 3 });
  expect(await next.readLast(10)).toEqual([{ n: 1 }, { n: 3 }]);
  expect(readdirSync(place)).toEqual(['audit.jsonl']);
});

test('a record cannot break its line', async () => {
  const { file } = openFile();
  const hostile = { text: '\n{"n": 1}\r\n\u2028\u0000\u001b[2J' };
  file.append(hostile);
  expect(await file.readLast(10)).toEqual([hostile]);
});

test('what a disk does not take waits until it does', async () => {
  const place = folder();
  writeFileSync(join(place, 'occupied'), '');
  const file = createLineFile({ path: join(place, 'occupied', 'audit.jsonl') });
  for (const record of numbers(0, 1000)) file.append(record);
  await file.flush();
  rmSync(join(place, 'occupied'));
  for (const record of numbers(1000, 1010)) file.append(record);
  expect(await file.readLast(5000)).toEqual(numbers(0, 1010));
});

test('a disk that never takes anything costs bounded memory, and what was lost is said', async () => {
  const place = folder();
  writeFileSync(join(place, 'occupied'), '');
  const path = join(place, 'occupied', 'audit.jsonl');
  const file = createLineFile({ path, describeLoss: (loss) => loss });
  for (const record of numbers(0, 60_000)) file.append(record);
  await file.flush();
  rmSync(join(place, 'occupied'));
  const kept = await file.readLast(100_000);
  const lost = kept.at(-1) as { records: number };
  expect(kept.slice(0, -1)).toEqual(numbers(0, kept.length - 1));
  expect(kept.length - 1 + lost.records).toBe(60_000);
});

test('two processes that write by turns lose nothing', async () => {
  const { path, file } = openFile({ maxBytes: 500, keep: 1_000 });
  const other = createLineFile({ path, maxBytes: 500, keep: 1_000 });
  for (let round = 0; round < 20; round += 1) {
    for (const record of numbers(0, 10)) for (const each of [file, other]) each.append(record);
    await Promise.all([file.flush(), other.flush()]);
  }
  expect(await file.readLast(1_000)).toHaveLength(400);
});

test('no file is no records', async () => {
  expect(await readLastLines(join(folder(), 'none.jsonl'), 10)).toEqual([]);
});
