import { expect, test } from 'vitest';
import { newsOf } from '../../electron/desktop/news.ts';
import { statusOf, snapshotOf } from '../support/snapshots.ts';

const well = snapshotOf([statusOf('notes', { state: 'connected', sessions: 1 })]);

const failed = (code: string) =>
  snapshotOf([statusOf('notes', { state: 'failed', sessions: 1, problem: { code, message: 'It failed.' } })]);

test('each of the four is told once, and leads to the very place', () => {
  const cases = [
    [snapshotOf([statusOf('notes', { credential: 'expired' })]), 'Sign in to notes again', 'security'],
    [failed('pin_mismatch'), 'notes shows another key', 'security'],
    [
      snapshotOf(well.containers, { changedTools: [{ container: 'notes', tool: 'add', held: true }] }),
      'Tools of notes have changed',
      'tools',
    ],
    [failed('connect_failed'), 'notes cannot be reached', 'health'],
  ] as const;
  for (const [now, title, tab] of cases) {
    expect(newsOf(well, now)).toMatchObject([{ title, place: { container: 'notes', tab } }]);
    expect(newsOf(now, now)).toEqual([]);
  }
});

test('nobody is told of what does not need them', () => {
  const idle = snapshotOf([statusOf('notes')]);
  expect(newsOf(idle, failed('connect_failed'))).toEqual([]);
  expect(newsOf(well, idle)).toEqual([]);
  expect(newsOf(idle, snapshotOf([statusOf('notes', { credential: 'missing' })]))).toEqual([]);
  expect(newsOf(idle, snapshotOf([statusOf('notes', { platform: 'sleeping' })]))).toEqual([]);
  expect(newsOf(failed('connect_failed'), well)).toEqual([]);
});

test('an account that has to be signed in to again is told of once, not once for each container', () => {
  const account = { issuer: 'https://platform.example.com', state: 'expired' as const };
  const now = snapshotOf(well.containers, { account });
  expect(newsOf(well, now)).toMatchObject([{ place: { place: 'accounts' } }]);
});
