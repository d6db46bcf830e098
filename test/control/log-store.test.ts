import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createLogStore, readLog } from '../../electron/control/log-store.ts';
import type { LogEntry } from '../../shared/status.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'log-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const record = (n: number) => ({ at: n, level: 'info' as const, event: 'test.event', fields: { count: n } });

test('gives the last events, those of an earlier core from the disk', async () => {
  const place = folder();
  const first = createLogStore(place);
  for (let n = 0; n < 10; n += 1) first.write(record(n));
  await first.flush();
  const second = createLogStore(place);
  second.write(record(10));
  expect((await second.last(3)).map(({ at }) => at)).toEqual([8, 9, 10]);
  expect((await second.last(1)).map(({ at }) => at)).toEqual([10]);
  expect((await readLog(place, 2)).map(({ at }) => at)).toEqual([9, 10]);
});

test('keeps a bounded number of events in memory', async () => {
  const store = createLogStore(join(folder(), 'gone'));
  for (let n = 0; n < 9_000; n += 1) store.write(record(n));
  const last = await store.last(2_000);
  expect(last).toHaveLength(2_000);
  expect(last.at(-1)?.at).toBe(8_999);
  await store.flush();
});

test('tells who listens, without the fields that have no value', async () => {
  const store = createLogStore(folder());
  const seen: LogEntry[] = [];
  const end = store.onEntry((entry) => seen.push(entry));
  store.write({ at: 1, level: 'warn', event: 'test.event', fields: { code: 'usage', host: undefined } });
  end();
  store.write(record(2));
  expect(seen).toEqual([{ at: 1, level: 'warn', event: 'test.event', fields: { code: 'usage' } }]);
  await store.flush();
});
