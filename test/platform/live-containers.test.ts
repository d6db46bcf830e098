import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { expect, test, vi } from 'vitest';
import { statusOf } from '../../electron/platform/live-containers.ts';
import { wakeWatchOf } from '../../electron/platform/wake-watch.ts';
import { newContainer } from '../../shared/platform-api.ts';
import { openCaller } from '../demo/platform/calling.ts';
import { borrowDatabase } from '../demo/platform/database.ts';
import { maya, noor, openPlatform } from '../demo/platform/running.ts';
import { openLiveRig, type LiveRig } from './live-rig.ts';

const slow = { timeout: 40_000 };
const external = (name: string, more: object = {}) =>
  newContainer.parse({ name, mcp_endpoint: `https://${name}.example/mcp`, ...more });
const hosted = (name: string) => newContainer.parse({ type: 'hosted', name });

/** Another program of the same user's. */
const elsewhere = async ({ platform }: LiveRig) => (await openCaller(platform)).call;

test('containers are there after the sign-in, change as the platform tells it, and go with the sign-in', async () => {
  const rig = await openLiveRig();
  const { live, platform } = rig;
  const call = await elsewhere(rig);
  await call('POST', '/containers', external('first'));
  expect([live.current, live.currency]).toEqual([undefined, undefined]);
  await rig.login();
  expect(rig.names()).toEqual(['first']);
  expect(live.current).toMatchObject({ issuer: platform.issuer, userId: maya.id });
  await rig.reaches('live');

  const { body } = await call('POST', '/containers', external('second'));
  await vi.waitFor(() => expect(rig.names()).toEqual(['first', 'second']), slow);
  await call('PATCH', `/containers/${String(body['id'])}`, { name: 'other' });
  await vi.waitFor(() => expect(rig.names()).toEqual(['first', 'other']), slow);
  await call('DELETE', `/containers/${String(body['id'])}`);
  await vi.waitFor(() => expect(rig.names()).toEqual(['first']), slow);
  expect([rig.front.lists, rig.front.opened.length]).toEqual([1, 1]);

  expect(JSON.parse(readFileSync(rig.file, 'utf8'))).toMatchObject({ rows: [{ name: 'first' }] });
  expect(statSync(rig.file).mode & 0o777).toBe(0o600);
  await rig.account.logout();
  await vi.waitFor(() => expect([live.current, live.currency]).toEqual([undefined, undefined]), slow);
  expect(existsSync(rig.file)).toBe(false);
});

test('a platform that comes back at its place is gone on with where its events were left', async () => {
  const database = await borrowDatabase();
  const first = await openPlatform({ database });
  const rig = await openLiveRig({ platform: first, pace: { retryMs: 2_000, mostRetryMs: 2_000 } });
  await rig.login();
  await rig.reaches('live');
  const call = await elsewhere(rig);
  await call('POST', '/containers', external('before'));
  await vi.waitFor(() => expect(rig.names()).toEqual(['before']), slow);
  await first.close();
  const second = await openPlatform({ database, port: Number(new URL(first.issuer).port) });
  const again = (await openCaller(second)).call;
  await again('POST', '/containers', external('after'));
  await vi.waitFor(() => expect(rig.names()).toEqual(['before', 'after']), slow);
  expect(rig.front.opened.at(-1)).toBe('1');
  expect(rig.front.lists).toBe(1);
});

test('where too much was missed, the list is read again', async () => {
  const database = await borrowDatabase();
  const rig = await openLiveRig({
    platform: await openPlatform({ database }),
    pace: { retryMs: 1_000, mostRetryMs: 1_000 },
  });
  const call = await elsewhere(rig);
  const { body } = await call('POST', '/containers', external('one'));
  await rig.login();
  await rig.reaches('live');
  rig.front.cut();
  for (const name of ['two', 'three']) await call('PATCH', `/containers/${String(body['id'])}`, { name });
  await database.query('DELETE FROM container_events');
  await vi.waitFor(() => expect(rig.names()).toEqual(['three']), slow);
  await rig.reaches('live');
  expect(rig.front.lists).toBe(2);
});

test.each([405, 'silent', 500] as const)(
  'where events cannot be had (%s), the list is asked for now and then, and events are tried again',
  async (events) => {
    const rig = await openLiveRig({ pace: { silentMs: 200 } });
    rig.front.events = events;
    const call = await elsewhere(rig);
    await rig.login();
    await rig.reaches('polling');
    await call('POST', '/containers', external('notes'));
    await vi.waitFor(() => expect(rig.names()).toEqual(['notes']), slow);
    rig.front.events = 'pass';
    await vi.waitFor(() => expect(rig.front.opened.length).toBeGreaterThan(2), slow);
  },
);

test('who waits for news gets them soon, although they can only be asked for', async () => {
  const rig = await openLiveRig({ pace: { pollMs: 60_000 } });
  rig.front.events = 405;
  const call = await elsewhere(rig);
  await rig.login();
  await rig.reaches('polling');
  await call('POST', '/containers', external('notes'));
  rig.live.hurry();
  await vi.waitFor(() => expect(rig.names()).toEqual(['notes']), slow);
});

test('when it is told to connect anew, it asks again for what there is, and says all the while what it knows', async () => {
  const rig = await openLiveRig();
  await rig.login();
  await rig.reaches('live');
  const states: unknown[] = [];
  rig.live.onChange(() => states.push(rig.live.currency?.state));
  rig.live.reconnect();
  await vi.waitFor(() => expect([rig.front.lists, rig.front.opened.length]).toEqual([2, 2]), slow);
  await rig.reaches('live');
  expect(states.filter((state) => state !== 'live')).toEqual([]);
});

test('a stream that has gone silent is opened again', async () => {
  const rig = await openLiveRig({ pace: { silentMs: 2_000 } });
  await rig.login();
  await rig.reaches('live');
  await vi.waitFor(() => expect(rig.front.opened.length).toBeGreaterThan(1), slow);
  expect([rig.live.currency?.state, rig.front.lists]).toEqual(['live', 1]);
});

test(
  'a stream that ends with its token is opened with the next one, and nothing is missed',
  { timeout: 60_000 },
  async () => {
    const platform = await openPlatform({ accessTokenSeconds: 5, heartbeatMs: 200 });
    const rig = await openLiveRig({ platform });
    const states = new Set<string | undefined>();
    await rig.login();
    await rig.reaches('live');
    rig.live.onChange(() => states.add(rig.live.currency?.state));
    await vi.waitFor(() => expect(rig.front.opened.length).toBeGreaterThan(1), { timeout: 30_000 });
    const call = await elsewhere(rig);
    await call('POST', '/containers', external('late'));
    await vi.waitFor(() => expect(rig.names()).toEqual(['late']), slow);
    expect([[...states], rig.front.lists]).toEqual([['live'], 1]);
  },
);

test('while the platform is down, containers are known as they were, also to the next core', async () => {
  const database = await borrowDatabase();
  const first = await openPlatform({ database });
  const rig = await openLiveRig({ platform: first });
  const { port } = new URL(first.issuer);
  const id = await first.host({ userId: maya.id, name: 'box' });
  await rig.login();
  await rig.reaches('live');
  expect(statusOf(rig.live, id)).toBe('sleeping');
  await first.close();
  await rig.reaches('unreachable');
  expect(rig.live.currency?.problem?.message).toMatch(/platform|127\.0\.0\.1/);
  expect(rig.names()).toEqual(['box']);
  // What it was then need not be what it is now.
  expect(statusOf(rig.live, id)).toBeUndefined();

  rig.live.close();
  const next = rig.again();
  expect(next.live.current?.rows).toMatchObject([{ name: 'box' }]);
  await vi.waitFor(() => expect(next.live.currency?.state).toBe('unreachable'), slow);
  await openPlatform({ database, port: Number(port) });
  await vi.waitFor(() => expect(next.live.currency?.state).toBe('live'), slow);
  expect(next.live.currency?.problem).toBeUndefined();
});

test('of another account nothing stays', async () => {
  const rig = await openLiveRig();
  const call = await elsewhere(rig);
  await call('POST', '/containers', external('mayas'));
  await rig.login();
  rig.live.setAuthority(rig.live.current?.rows[0]?.id ?? '', '/ca.pem');
  expect(rig.names()).toEqual(['mayas']);

  const other = await openCaller(rig.platform, noor);
  await other.call('POST', '/containers', external('noors'));
  const { browser } = await openLiveRig({ platform: rig.platform, person: noor });
  // The same desk, another person.
  writeFileSync(rig.browser.program, readFileSync(browser.program));
  await rig.account.login({ fresh: true });
  await vi.waitFor(() => expect(rig.names()).toEqual(['noors']), slow);
  expect(rig.live.current).toMatchObject({ userId: noor.id, authorities: {} });
  expect(readFileSync(rig.file, 'utf8')).not.toContain('mayas');
});

test('a file that is of no use is written anew', async () => {
  const rig = await openLiveRig();
  await rig.login();
  rig.live.close();
  for (const text of [
    '',
    '{"issuer": 1}',
    '[]',
    '{"issuer": "https://elsewhere.example", "userId": "x", "rows": []}',
  ]) {
    writeFileSync(rig.file, text);
    const { live } = rig.again();
    await vi.waitFor(() => expect(live.current?.issuer).toBe(rig.platform.issuer), slow);
    live.close();
    expect(JSON.parse(readFileSync(rig.file, 'utf8'))).toMatchObject({ userId: maya.id });
  }
});

test('a hosted container can be watched and woken', async () => {
  const rig = await openLiveRig();
  const call = await elsewhere(rig);
  const { body } = await call('POST', '/containers', hosted('box'));
  await rig.login();
  await rig.reaches('live');
  const id = String(body['id']);
  const of = (type: 'hosted' | 'external') => wakeWatchOf({ platform: { id, type } }, rig);
  expect(of('external')).toBeUndefined();
  const watch = of('hosted');
  expect(watch?.status).toBe('sleeping');
  const seen: (string | undefined)[] = [];
  watch?.onChange(() => seen.push(watch.status));
  await watch?.start(AbortSignal.timeout(10_000));
  await vi.waitFor(() => expect(watch?.status).toBe('running'), slow);
  expect(seen).toContain('starting');
  await rig.client.stop(rig.platform.issuer, id);
  await vi.waitFor(() => expect(watch?.status).toBe('sleeping'), slow);
});
