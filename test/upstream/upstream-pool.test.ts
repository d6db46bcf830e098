import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { CredentialOwner } from '../../electron/credentials/broker.ts';
import { createLogger } from '../../electron/runtime/logger.ts';
import { createUpstreamPool } from '../../electron/upstream/upstream-pool.ts';
import { openPlatformRig, platformContainer } from '../support/platform-rig.ts';
import { openSessionClient } from '../support/session-client.ts';

const logger = createLogger({ level: 'error', now: () => 0, write: () => undefined });

test('after the machine has slept, the next call waits for no token: it was renewed ahead', async () => {
  const rig = await openPlatformRig({ accessTokenSeconds: 12 });
  await rig.account.login({ issuer: rig.platform.issuer, fresh: false });
  const url = await rig.addContainer('container_1');
  const owner: CredentialOwner = { configured: true, container: platformContainer(url) };
  const pool = createUpstreamPool({ env: {}, broker: rig.broker, logger });
  onTestFinished(() => pool.close());
  const client = openSessionClient(new URL(url), { through: () => pool.get(owner) });
  onTestFinished(() => client[Symbol.asyncDispose]());
  await client.greet();
  const asked = () => [...rig.asked.values()].reduce((sum, count) => sum + count, 0);

  const before = asked();
  await pool.reconnect();
  // What is good still is not asked for again.
  expect(asked()).toBe(before);
  await sleep(9_500);
  await pool.reconnect();
  // In the background, as the old one is good for a little while.
  await expect.poll(asked, { timeout: 10_000 }).toBeGreaterThan(before);
  const renewed = asked();
  expect((await client.ask(1, 'tools/list')).result).toBeDefined();
  expect(asked()).toBe(renewed);
});

test('one that cannot be renewed now fails nobody but the call that needs it', async () => {
  const rig = await openPlatformRig();
  const owner: CredentialOwner = {
    configured: true,
    container: platformContainer('http://127.0.0.1:9/mcp'),
  };
  const pool = createUpstreamPool({ env: {}, broker: rig.broker, logger });
  onTestFinished(() => pool.close());
  pool.get(owner);
  await expect(pool.reconnect()).resolves.toBeUndefined();
});
