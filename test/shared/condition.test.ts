import { expect, test } from 'vitest';
import { mendOf } from '../../renderer/app/mend.ts';
import { conditionOf, headlineOf, needsOf } from '../../shared/condition.ts';
import type { ContainerStatus, Snapshot } from '../../shared/status.ts';
import { container } from '../../shared/container.ts';
import { snapshotOf, statusOf } from '../support/snapshots.ts';

const words = (status: ContainerStatus, more: Partial<Snapshot> = {}) => {
  const { kind, tone, words: said } = conditionOf(status, snapshotOf([status], more));
  return [tone, said, mendOf(kind)];
};
const keyed = container.parse({ name: 'keyed', url: 'https://keyed.example', auth: { method: 'api_key' } });

test.for<[string, ContainerStatus, unknown[]]>([
  ['is ready', statusOf('notes'), ['quiet', 'Ready', undefined]],
  [
    'is used',
    statusOf('notes', { state: 'connected', sessions: 2 }),
    ['good', 'Connected · 2 clients', undefined],
  ],
  ['sleeps', statusOf('notes', { platform: 'sleeping' }), ['quiet', 'Asleep', 'start']],
  ['did not start', statusOf('notes', { platform: 'failed' }), ['bad', 'Did not start', 'start']],
  ['wants a sign-in', statusOf('notes', { credential: 'missing' }), ['warn', 'Sign-in needed', 'sign-in']],
  [
    'wants another sign-in',
    statusOf('notes', { credential: 'expired' }),
    ['warn', 'Sign-in expired', 'sign-in'],
  ],
  [
    'wants a key',
    statusOf('keyed', { container: keyed, credential: 'missing' }),
    ['warn', 'Key needed', 'key'],
  ],
  [
    'shows another key',
    statusOf('notes', { state: 'failed', problem: { code: 'pin_mismatch', message: '…' } }),
    ['bad', 'Its key has changed', 'pin'],
  ],
  [
    'cannot be reached',
    statusOf('notes', { state: 'failed', problem: { code: 'connect_failed', message: '…' } }),
    ['bad', 'Not reachable', 'health'],
  ],
])('says of one that %s what it is, and what mends it', ([, status, wanted]) => {
  expect(words(status)).toEqual(wanted);
});

test('says that a program waits before it says that tools have changed', () => {
  const more = {
    pendingConsents: [{ container: 'notes', program: 'Cursor' }],
    changedTools: [{ container: 'notes', tool: 'search', held: true }],
  };
  expect(words(statusOf('notes'), more)).toEqual(['warn', 'Cursor waits for you', 'consent']);
  expect(words(statusOf('notes'), { changedTools: more.changedTools })).toEqual([
    'warn',
    '1 tool changed',
    'tools',
  ]);
});

test('names the worst first, and only what needs the person', () => {
  const failed = statusOf('box', { state: 'failed', problem: { code: 'pin_mismatch', message: '…' } });
  const snapshot = snapshotOf([
    statusOf('notes'),
    statusOf('crm', { credential: 'missing' }),
    statusOf('asleep', { platform: 'sleeping' }),
    failed,
  ]);
  expect(needsOf(snapshot).map((need) => need.container)).toEqual(['box', 'crm']);
});

test('sums all of it up in one sentence', () => {
  const said = (snapshot: Snapshot | undefined) => headlineOf({ status: 'running' }, snapshot).words;
  expect(said(undefined)).toBe('Starting…');
  expect(said(snapshotOf([]))).toBe('No containers yet');
  expect(said(snapshotOf([statusOf('a'), statusOf('b')]))).toBe('2 containers, all well');
  const needing = statusOf('crm', { credential: 'missing' });
  expect(said(snapshotOf([statusOf('a'), needing]))).toBe('crm: Sign-in needed');
  expect(said(snapshotOf([needing, statusOf('a', { credential: 'expired' })]))).toBe('a: Sign-in expired');
  expect(said(snapshotOf([needing], { paused: { by: 'window', since: 0 } }))).toBe('All traffic is paused');
  const problem = { code: 'core_unreachable' as const, message: 'It does not start.' };
  expect(headlineOf({ status: 'lost' }, snapshotOf([])).words).toBe('Restarting…');
  expect(headlineOf({ status: 'failed', problem }, undefined).words).toBe('Not running');
});

test('leads to where each is mended', () => {
  const box = statusOf('box', { state: 'failed', problem: { code: 'pin_mismatch', message: '…' } });
  const account = { issuer: 'https://platform.example.com', state: 'expired' as const };
  const changedTools = [{ container: 'box', tool: 'search', held: true }];
  expect(needsOf(snapshotOf([box], { account, changedTools })).map(({ place }) => place)).toEqual([
    { place: 'containers', container: 'box', tab: 'security' },
    { place: 'accounts' },
    { place: 'containers', container: 'box', tab: 'tools' },
  ]);
});
