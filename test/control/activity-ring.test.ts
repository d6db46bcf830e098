import { expect, test } from 'vitest';
import { createActivityRing, type Asked } from '../../electron/control/activity-ring.ts';
import type { Activity } from '../../shared/status.ts';

const asked: Asked = { session: 's1', container: 'notes', method: 'tools/call', tool: 'add', bytesOut: 10 };

/** A clock that goes on by 10 ms each time somebody looks. */
function slowClock() {
  let at = 0;
  return { now: () => 1_000, elapsed: () => (at += 10) };
}

test('tells of each phase of a request, with the time since it came', () => {
  const ring = createActivityRing(slowClock());
  const seen: Activity[] = [];
  ring.onChange((row) => seen.push(row));
  const row = ring.begin(asked);
  row.reached('connecting');
  row.reached('connected');
  row.reached('first_byte');
  row.done({ outcome: 'ok', durationMs: 30, bytesIn: 20 });
  const first = { id: 1, at: 1_000, phase: 'queued', ...asked };
  const times = { queuedMs: 10, connectedMs: 20, firstByteMs: 30 };
  expect(seen).toEqual([
    first,
    { ...first, phase: 'connected', ...times, firstByteMs: undefined },
    { ...first, phase: 'first_byte', ...times },
    { ...first, phase: 'done', ...times, outcome: 'ok', durationMs: 30, bytesIn: 20 },
  ]);
  expect(ring.last(5)).toEqual(seen.slice(-1));
});

test('keeps the last rows, however many there were, and forgets listeners that have gone', () => {
  const ring = createActivityRing(slowClock(), 10);
  const seen: number[] = [];
  const stop = ring.onChange(({ id }) => seen.push(id));
  const rows = Array.from({ length: 25 }, () => ring.begin(asked));
  expect(ring.last(100).map(({ id }) => id)).toEqual([16, 17, 18, 19, 20, 21, 22, 23, 24, 25]);
  expect(ring.last(2).map(({ id }) => id)).toEqual([24, 25]);
  expect(ring.last(0)).toEqual([]);
  stop();
  // One that has been forgotten meanwhile may still end.
  rows[0]?.done({ outcome: 'lost', durationMs: 1, bytesIn: 0 });
  expect(seen).toHaveLength(25);
  expect(ring.last(100).map(({ phase }) => phase)).toEqual(Array(10).fill('queued'));
});
