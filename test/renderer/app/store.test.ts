import { expect, test, vi } from 'vitest';
import { createStore } from '../../../renderer/app/store.ts';
import type { DesktopBridge } from '../../../shared/desktop.ts';
import type { Activity, Snapshot } from '../../../shared/status.ts';
import { requestOf, snapshotOf, statusOf } from '../../support/snapshots.ts';

/** The other side of the bridge, as a test says that it is. */
function openBridge(known: readonly Activity[] = []) {
  const listeners = new Map<string, (value: never) => void>();
  const ended: string[] = [];
  const bridge = {
    core: { activity: vi.fn(() => Promise.resolve({ ok: true, output: known })) },
    subscribe(event: string, listener: (value: never) => void) {
      listeners.set(event, listener);
      return () => ended.push(event);
    },
  } as unknown as DesktopBridge;
  const tell = (event: string, value: unknown) => listeners.get(event)?.(value as never);
  return { bridge, tell, ended };
}

const core = (pid: number): Pick<Snapshot, 'core'> => ({ core: { ...snapshotOf([]).core, pid } });
const now = (work: () => void) => work();

test('keeps the newest snapshot of a core, and the first of the next', () => {
  const { bridge, tell } = openBridge();
  const store = createStore(bridge, now);
  tell('snapshot', snapshotOf([], { revision: 7 }));
  tell('snapshot', snapshotOf([], { revision: 6 }));
  expect(store.snapshot.read()?.revision).toBe(7);
  tell('snapshot', snapshotOf([], { revision: 1, ...core(2) }));
  expect(store.snapshot.read()?.core.pid).toBe(2);
});

test('asks each core once for what it remembers, and puts what comes meanwhile behind that', async () => {
  const { bridge, tell } = openBridge([requestOf(1), requestOf(2)]);
  const store = createStore(bridge, now);
  tell('snapshot', snapshotOf([]));
  tell('activity', requestOf(3));
  tell('snapshot', snapshotOf([], { revision: 2 }));
  await vi.waitFor(() => expect(store.activity.rows.map(({ id }) => id)).toEqual([1, 2, 3]), 20_000);
  expect(bridge.core.activity).toHaveBeenCalledTimes(1);
});

test('forgets what a core was asked for that has gone meanwhile', async () => {
  const { bridge, tell } = openBridge([requestOf(1)]);
  const store = createStore(bridge, now);
  tell('snapshot', snapshotOf([]));
  tell('snapshot', snapshotOf([], core(2)));
  tell('activity', requestOf(2));
  await vi.waitFor(() => expect(store.activity.rows.map(({ id }) => id)).toEqual([1, 2]), 20_000);
});

const mismatch = { state: 'failed', problem: { code: 'pin_mismatch', message: '', help: '' } } as const;

test('asks what begins to wait for a decision, once, whatever is drawn by then', () => {
  const { bridge, tell } = openBridge();
  const store = createStore(bridge, now);
  tell('snapshot', snapshotOf([statusOf('box')]));
  expect(store.prompt.read()).toBeUndefined();
  tell('snapshot', snapshotOf([statusOf('box', mismatch)], { revision: 2 }));
  expect(store.prompt.read()).toEqual({ kind: 'pin', container: 'box' });
  store.prompt.write(undefined);
  tell('snapshot', snapshotOf([statusOf('box', mismatch)], { revision: 3 }));
  expect(store.prompt.read()).toBeUndefined();
});

test('does not ask what waited before the window was there, nor in front of another dialog', () => {
  const { bridge, tell } = openBridge();
  const store = createStore(bridge, now);
  tell('snapshot', snapshotOf([statusOf('box', mismatch), statusOf('till')]));
  expect(store.prompt.read()).toBeUndefined();
  store.prompt.write({ kind: 'palette' });
  tell('snapshot', snapshotOf([statusOf('box', mismatch), statusOf('till', mismatch)], { revision: 2 }));
  expect(store.prompt.read()).toEqual({ kind: 'palette' });
});

test('goes where it is told to, and ends what it has subscribed to', () => {
  const { bridge, tell, ended } = openBridge();
  const store = createStore(bridge, now);
  tell('place', { place: 'settings' });
  expect(store.place.read()).toEqual({ place: 'settings' });
  expect(store.led.read()).toBe(true);
  store.close();
  expect(ended).toEqual(['snapshot', 'activity', 'examination', 'state', 'place']);
});
