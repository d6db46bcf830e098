import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { startAuthorizationServer } from '../support/authorization-server.ts';
import { openProfile } from '../support/fairlead.ts';
import { startKeyring, type Keyring } from '../support/keyring.ts';
import { isAlive } from '../support/processes.ts';
import { ordinaryServer, scriptListener } from '../support/scripted-server.ts';
import { browserProgram, startProtectedContainer } from '../support/sign-in-rig.ts';

const tokenSeconds = 2;
const expiredMs = tokenSeconds * 1000 + 200;
const retryMs = 10_000;

let keyring: Keyring;
beforeAll(async () => {
  keyring = await startKeyring();
});
afterAll(() => keyring.close());

/** Three clients signed in to one container, at an issuer that rotates and revokes whatever is used again. */
async function openWorld() {
  const server = await startAuthorizationServer({ tokenSeconds });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const container = await startProtectedContainer(server, scriptListener(ordinaryServer()));
  const profile = openProfile({
    ...keyring.env,
    FAIRLEAD_VAULT: 'keychain',
    FAIRLEAD_BROWSER: browserProgram,
  });
  onTestFinished(() => profile[Symbol.asyncDispose]());
  const added = await profile.run(['add', 'notes', container.url.href, '--auth', 'oauth']);
  expect(added).toMatchObject({ status: 0 });
  expect(await profile.run(['auth', 'notes'])).toMatchObject({ status: 0 });
  const clients = Array.from({ length: 3 }, () => profile.endpoint(['notes']));
  await Promise.all(clients.map((client) => client.open()));
  const call = () => Promise.all(clients.map((client) => client.call('any')));
  const signIns = () => server.granted.get('authorization_code') ?? 0;
  expect(signIns()).toBe(1);
  let known = signIns();

  const killed: number[] = [];
  return {
    server,
    kill: async () => {
      const pid = await profile.corePid();
      process.kill(pid, 'SIGKILL');
      killed.push(pid);
    },
    /** Lets the tokens run out and has all clients call. They learn that their core went, or get an answer. */
    refreshThatIsKilled: async () => {
      await sleep(expiredMs);
      const outcomes = (await call()).map(({ error }) => error?.data?.code ?? 'answered');
      expect(['answered', 'core_lost']).toEqual(expect.arrayContaining([...new Set(outcomes)]));
    },
    /** All clients get on by themselves, also beyond the next refresh. @returns how many sign-ins there were since the last time */
    goOn: async () => {
      // A core that was killed a moment ago still takes what it will not answer.
      await expect.poll(() => killed.some(isAlive)).toBe(false);
      await sleep(200);
      for (const { error } of await call()) expect(error).toBeUndefined();
      await sleep(expiredMs);
      for (const { error } of await call()) expect(error).toBeUndefined();
      for (const times of server.refreshes.values()) {
        expect(times.length).toBeLessThanOrEqual(2);
        expect(times.at(-1)! - times[0]!).toBeLessThan(retryMs);
      }
      const before = known;
      known = signIns();
      return known - before;
    },
  };
}

const slow = { timeout: 90_000 };

test('a core killed before the issuer has seen its refresh costs nothing', slow, async () => {
  const { server, kill, refreshThatIsKilled, goOn } = await openWorld();
  let held = 0;
  server.intercept = ({ url }) => {
    if (url !== '/token' || held > 0) return false;
    held += 1;
    void kill();
    return true;
  };
  await refreshThatIsKilled();
  expect(held).toBe(1);
  expect(await goOn()).toBe(0);
  expect(server.refused).toEqual(new Map());
});

test('a core killed before the answer to its refresh has arrived costs one sign-in', slow, async () => {
  const { server, kill, refreshThatIsKilled, goOn } = await openWorld();
  server.holdRefresh = async () => {
    server.holdRefresh = undefined;
    await kill();
    // Until the connection is gone for certain.
    await sleep(300);
  };
  await refreshThatIsKilled();
  expect(await goOn()).toBe(1);
  expect(server.refused).toEqual(new Map([['invalid_grant', 1]]));
});

test('a core killed between that answer and the end of its storing costs one sign-in', slow, async () => {
  const { server, kill, refreshThatIsKilled, goOn } = await openWorld();
  server.holdRefresh = () => {
    server.holdRefresh = undefined;
    // The keychain answers nothing from now on: what the core gets it cannot store.
    keyring.suspend();
    setTimeout(() => void kill().then(() => keyring.resume()), 500);
    return Promise.resolve();
  };
  await refreshThatIsKilled();
  expect(await goOn()).toBe(1);
  expect(server.refused).toEqual(new Map([['invalid_grant', 1]]));
});

test('a core killed once the new token has been used costs nothing', slow, async () => {
  const { server, kill, refreshThatIsKilled, goOn } = await openWorld();
  await refreshThatIsKilled();
  expect(server.granted.get('refresh_token')).toBeGreaterThanOrEqual(1);
  // On a slow machine the next one could be under way by now: it comes to nothing before it has arrived.
  server.intercept = ({ url }) => url === '/token';
  await kill();
  server.intercept = undefined;
  expect(await goOn()).toBe(0);
  expect(server.refused).toEqual(new Map());
});

test(
  'a core killed at any moment after the answer has left costs at most one sign-in',
  { timeout: 180_000 },
  async () => {
    const { server, kill, refreshThatIsKilled, goOn } = await openWorld();
    for (const afterMs of [0, 2, 5, 10, 20, 40]) {
      server.holdRefresh = () => {
        server.holdRefresh = undefined;
        setTimeout(() => void kill(), afterMs);
        return Promise.resolve();
      };
      await refreshThatIsKilled();
      expect(await goOn()).toBeLessThanOrEqual(1);
    }
  },
);
