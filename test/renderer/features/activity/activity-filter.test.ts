import { expect, test } from 'vitest';
import { noFilter, rowsOf, timingOf } from '../../../../renderer/features/activity/activity-filter.ts';
import { requestOf } from '../../../support/snapshots.ts';

const rows = [
  requestOf(1),
  requestOf(2, { container: 'crm', outcome: 'error', error: 'timed_out' }),
  requestOf(3, { phase: 'queued', outcome: undefined, program: 'Claude' }),
];
const ids = (filter: Partial<typeof noFilter>) =>
  rowsOf(rows, { ...noFilter, ...filter }).map(({ id }) => id);

test('shows all of them without looking at one where there is no filter', () => {
  expect(rowsOf(rows, noFilter)).toBe(rows);
});

test('finds requests by who asked whom for what, and how it ended', () => {
  expect(ids({ text: 'claude search' })).toEqual([3]);
  expect(ids({ text: 'TIMED_OUT' })).toEqual([2]);
  expect(ids({ container: 'crm' })).toEqual([2]);
  expect(ids({ outcome: 'running' })).toEqual([3]);
  expect(ids({ outcome: 'failed' })).toEqual([2]);
});

test('tells where the time of a request went', () => {
  const parts = (more: object) => timingOf(requestOf(1, more)).map(({ part, ms }) => [part, ms]);
  expect(parts({ connectedMs: 2, firstByteMs: 9, durationMs: 12 })).toEqual([
    ['queue', 2],
    ['wait', 7],
    ['stream', 3],
  ]);
  expect(parts({ queuedMs: 0.5, connectedMs: 2, durationMs: 12 })).toEqual([
    ['queue', 0.5],
    ['connect', 1.5],
    ['wait', 10],
  ]);
  expect(parts({ durationMs: 12 })).toEqual([['wait', 12]]);
  expect(parts({ durationMs: undefined })).toEqual([]);
});
