import { expect, test } from 'vitest';
import { iconState } from '../../electron/desktop/tray-icon.ts';
import { trayMenu, type TrayItem, type TrayView } from '../../electron/desktop/tray-menu.ts';
import type { ContainerStatus, Snapshot } from '../../shared/status.ts';
import { statusOf, snapshotOf } from '../support/snapshots.ts';

const running = { status: 'running' } as const;
const clients = [
  { id: 'cursor', title: 'Cursor' },
  { id: 'claude-code', title: 'Claude Code' },
];

const view = (snapshot: Snapshot | undefined, more: Partial<TrayView> = {}): TrayView => ({
  core: running,
  snapshot,
  clients,
  ...more,
});

/** As a person reads it. */
function read(items: readonly TrayItem[], indent = ''): string[] {
  return items.flatMap((item) =>
    item === 'separator'
      ? [`${indent}─`]
      : [`${indent}${item.label}`, ...read(item.submenu ?? [], `${indent}  `)],
  );
}

const rowOf = (status: ContainerStatus) => read(trayMenu(view(snapshotOf([status]))))[3];

test('is the menu that ux.md draws', () => {
  const snapshot = snapshotOf(
    [
      statusOf('notes', { state: 'connected', sessions: 2 }),
      statusOf('build-box', { platform: 'sleeping', credential: 'not_needed' }),
      statusOf('crm', { credential: 'missing' }),
    ],
    { account: { issuer: 'https://platform.example.com', state: 'signed_in', email: 'maya@example.com' } },
  );
  expect(read(trayMenu(view(snapshot)))).toEqual([
    'Fairlead: crm: Sign-in needed',
    'maya@example.com',
    ...['  Sign out', '  Switch account', '─'],
    '● notes\u2003Connected · 2 clients',
    ...['  Open', '  Add to a client', '    Cursor', '    Claude Code', '  Sign in again', '  Copy config'],
    '○ build-box\u2003Asleep',
    ...['  Start', '  Open', '  Add to a client', '    Cursor', '    Claude Code', '  Copy config'],
    '! crm\u2003Sign-in needed',
    ...['  Sign in…', '  Open', '  Add to a client', '    Cursor', '    Claude Code', '  Copy config'],
    ...['─', 'Add container…', 'Pause all traffic', 'Open Fairlead', 'Settings…'],
    ...['─', 'Check for updates…', 'Quit'],
  ]);
});

test('its first line says that all is well, or the worst thing', () => {
  const first = (given: TrayView) => read(trayMenu(given))[0];
  expect(first(view(snapshotOf([])))).toBe('Fairlead: no containers yet');
  expect(first(view(snapshotOf([statusOf('notes')])))).toBe('Fairlead: 1 container, all well');
  const three = ['a', 'b', 'c'].map((name) => statusOf(name));
  expect(first(view(snapshotOf(three)))).toBe('Fairlead: 3 containers, all well');
  const paused = { by: 'window', since: 0 } as const;
  expect(first(view(snapshotOf(three, { paused })))).toBe('Fairlead: all traffic is paused');
  expect(first(view(undefined, { core: { status: 'starting' } }))).toBe('Fairlead: starting…');
  const problem = { code: 'core_unreachable' as const, message: 'It does not start.' };
  expect(first(view(undefined, { core: { status: 'failed', problem } }))).toBe(
    'Fairlead: not running. Try again',
  );
});

test('each container’s line says how it stands', () => {
  const problem = { code: 'pin_mismatch', message: 'Another key.' };
  expect([
    rowOf(statusOf('a', { state: 'connected', sessions: 1 })),
    rowOf(statusOf('a', { state: 'connected' })),
    rowOf(statusOf('a', { state: 'connecting' })),
    rowOf(statusOf('a', { platform: 'starting' })),
    rowOf(statusOf('a', { credential: 'signing_in' })),
    rowOf(statusOf('a', { state: 'failed', problem })),
    rowOf(statusOf('a', { state: 'failed' })),
  ]).toEqual([
    '● a\u2003Connected · 1 client',
    '● a\u2003Connected',
    '○ a\u2003Connecting…',
    '○ a\u2003Starting…',
    '! a\u2003Waiting for your sign-in',
    '! a\u2003Its key has changed',
    '! a\u2003Not working',
  ]);
});

test('text of others stays one plain line', () => {
  const email = `maya\u202e@example.com\n& more ${'x'.repeat(100)}`;
  const account = { issuer: 'https://platform.example.com', state: 'signed_in' as const, email };
  const [, line = ''] = read(trayMenu(view(snapshotOf([], { account }))));
  expect(line).toMatch(/^maya @example\.com && more x+…$/);
  expect(line.length).toBeLessThan(65);
});

test('the icon says the most pressing of five things', () => {
  const idle = snapshotOf([statusOf('notes')]);
  const needy = snapshotOf([statusOf('notes', { credential: 'expired' })]);
  const paused = snapshotOf([], { paused: { by: 'window', since: 0 } });
  expect([
    iconState(running, idle, false),
    iconState(running, idle, true),
    iconState(running, needy, true),
    iconState(running, paused, false),
    iconState({ status: 'lost' }, undefined, false),
    iconState({ status: 'starting' }, undefined, false),
  ]).toEqual(['idle', 'traffic', 'needs-you', 'paused', 'core-down', 'idle']);
});
