import { expect, test } from 'vitest';
import { matching, paletteItems } from '../../../renderer/app/palette-items.ts';
import { snapshotOf, statusOf } from '../../support/snapshots.ts';

const items = paletteItems(snapshotOf([statusOf('notes'), statusOf('crm', { credential: 'missing' })]));

test('offers what needs the person before everything else', () => {
  expect(items[0]).toMatchObject({ label: 'crm: Sign in', does: { kind: 'mend', mend: 'sign-in' } });
});

test('finds what has all the words that were typed', () => {
  expect(matching(items, 'sign crm').map(({ id }) => id)).toEqual(['mend crm', 'open crm']);
  expect(matching(items, 'SETT').map(({ label }) => label)).toEqual(['Go to Settings']);
  expect(matching(items, 'nothing like that')).toEqual([]);
});

test('offers to pause, or to go on', () => {
  const ids = (paused: boolean) =>
    paletteItems(snapshotOf([], paused ? { paused: { by: 'window', since: 0 } } : {})).map(({ id }) => id);
  expect(ids(false)).toContain('pause');
  expect(ids(true)).toContain('resume');
});
