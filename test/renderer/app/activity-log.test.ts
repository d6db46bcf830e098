import { expect, test } from 'vitest';
import { createActivityLog } from '../../../renderer/app/activity-log.ts';
import { requestOf } from '../../support/snapshots.ts';

function openLog(capacity?: number) {
  const due: (() => void)[] = [];
  const log = createActivityLog((work) => due.push(work), capacity);
  return { log, due, frame: () => due.splice(0).forEach((work) => work()) };
}

test('keeps one row per request, however often it is told of', () => {
  const { log } = openLog();
  log.take(requestOf(1, { phase: 'queued' }));
  log.take(requestOf(2));
  log.take(requestOf(1, { phase: 'done' }));
  expect(log.rows.map(({ id, phase }) => [id, phase])).toEqual([
    [1, 'done'],
    [2, 'done'],
  ]);
});

test('tells of many requests at once', () => {
  const { log, due, frame } = openLog();
  for (let id = 1; id <= 100; id += 1) log.take(requestOf(id));
  expect(due).toHaveLength(1);
  frame();
  expect(log.revision.read()).toBe(1);
});

test('forgets the oldest, and still finds those that are left', () => {
  const { log } = openLog(100);
  for (let id = 1; id <= 101; id += 1) log.take(requestOf(id, { phase: 'queued' }));
  expect(log.rows).toHaveLength(91);
  log.take(requestOf(50));
  log.take(requestOf(3));
  expect(log.rows.find(({ id }) => id === 50)?.phase).toBe('done');
  expect(log.rows.at(-1)?.id).toBe(3);
});

test('takes the next core’s ids for other requests, and ends what the last one had under way', () => {
  const { log } = openLog();
  log.take(requestOf(1, { phase: 'queued' }));
  log.coreChanged();
  log.take(requestOf(1, { tool: 'another' }));
  expect(log.rows.map(({ tool, phase, outcome }) => [tool, phase, outcome])).toEqual([
    ['search', 'done', 'lost'],
    ['another', 'done', 'ok'],
  ]);
});
