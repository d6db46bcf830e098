import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createUses } from '../../../../demo/platform/hosting/uses.ts';
import { openEvents } from '../calling.ts';
import { initialize, openHosted, openSession } from '../hosted.ts';
import { openPlatform } from '../running.ts';

const idleMs = 2_000;
const open = async () => openHosted(await openPlatform({ hostedIdleMs: idleMs }));

test('a container that nobody calls goes to sleep, and events tell it', async () => {
  const hosted = await open();
  expect(await hosted.call('POST', `/containers/${hosted.id}/start`)).toMatchObject({ status: 202 });
  const events = await openEvents(hosted.platform.issuer, hosted.tokens.access_token, '1');
  const told = [];
  for (let count = 0; count < 4; count += 1) told.push((await events.next()).data['status']);
  expect(told).toEqual(['starting', 'running', 'stopping', 'sleeping']);
  expect(hosted.pids()).toEqual([]);
});

test('a call under way keeps it awake, a stream that only listens does not, and wakes nothing', async () => {
  const hosted = await open();
  const session = await openSession(hosted);
  const headers = { ...session.headers, accept: 'text/event-stream' };
  const stream = await fetch(hosted.endpoint, { headers });
  expect(stream.status).toBe(200);
  expect(await session.call('slow_job', { seconds: 2 * (idleMs / 1_000), steps: 2 })).toContain('Done');
  expect(hosted.pids()).toHaveLength(1);

  await expect.poll(hosted.status, { timeout: 40_000 }).toBe('sleeping');
  // However it ends.
  await stream.text().catch(() => undefined);
  expect((await fetch(hosted.endpoint, { headers })).status).toBe(503);
  const listen = { ...session.headers, 'mcp-method': 'subscriptions/listen' };
  expect((await fetch(hosted.endpoint, { method: 'POST', headers: listen, body: '{}' })).status).toBe(503);
  // Its session has ended with its process.
  expect((await fetch(hosted.endpoint, { method: 'DELETE', headers })).status).toBe(404);
  expect([await hosted.status(), hosted.pids()]).toEqual(['sleeping', []]);
});

test('calls that come just as it goes to sleep are answered', async () => {
  const hosted = await openHosted(await openPlatform({ hostedIdleMs: 1 }));
  const statuses: number[] = [];
  for (let count = 0; count < 6; count += 1) {
    statuses.push((await initialize(hosted)).status);
    await sleep(count);
  }
  expect(statuses).toEqual(Array(6).fill(200));
});

test('a use that ends twice ends once, and a container is idle after its last', async () => {
  const idle: string[] = [];
  const uses = createUses({ idleMs: 50, onIdle: (id) => idle.push(id) });
  const [one, other] = [uses.begin('a'), uses.begin('a')];
  one();
  one();
  await sleep(150);
  expect([idle, uses.isIdle('a')]).toEqual([[], false]);
  other();
  expect(uses.isIdle('a')).toBe(false);
  await expect.poll(() => idle).toEqual(['a']);
  expect(uses.isIdle('a')).toBe(true);
});
