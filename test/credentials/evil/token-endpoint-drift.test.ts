import { setTimeout as wait } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import type { Discovery } from '../../../electron/credentials/discovery/discovered.ts';
import { openRig } from '../../support/sign-in-rig.ts';
import { startWebServer } from '../../support/web-server.ts';

/** Metadata names another token endpoint after the person has signed in at the honest one. */
const slow = { timeout: 40_000 };

test('the code and the refresh token go to the token endpoint of their sign-in, not to where metadata points later', async () => {
  const stolen: string[] = [];
  const thief = await startWebServer((request, response) => {
    request.on('data', (chunk) => stolen.push(String(chunk)));
    response.writeHead(500).end();
  });
  let drifted = false;
  const drift = (real: Discovery): Discovery => ({
    ...real,
    async discover(...terms) {
      const found = await real.discover(...terms);
      return drifted ? { ...found, server: { ...found.server, token_endpoint: thief.url.href } } : found;
    },
  });
  const rig = await openRig({ mode: 'closed', discovery: drift, tokenSeconds: 3 });
  const waiting = rig.call();
  await vi.waitFor(() => expect(rig.opened().length).toBe(1), slow);
  drifted = true;
  vi.stubEnv('BROWSER_MODE', undefined);
  await rig.broker.signIn(rig.owner);
  expect(await waiting).toBe(200);
  await wait(3_100);
  expect(await rig.call()).toBe(200);
  expect(rig.server.granted.get('refresh_token')).toBeGreaterThan(0);
  expect(stolen).toEqual([]);
  await thief[Symbol.asyncDispose]();
});
