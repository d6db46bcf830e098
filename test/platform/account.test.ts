import { spawn } from 'node:child_process';
import { expect, test, vi } from 'vitest';
import { createMemoryVault } from '../../electron/credentials/memory-vault.ts';
import type { Vault } from '../../electron/credentials/vault.ts';
import { FairleadError } from '../../shared/errors.ts';
import { maya, noor } from '../demo/platform/running.ts';
import { openPlatformRig, platformContainer } from '../support/platform-rig.ts';
import { failureOf, startWebServer } from '../support/web-server.ts';

const slow = { timeout: 40_000 };

test('a person signs in, is who they are, and signs out', async () => {
  const rig = await openPlatformRig({ waitMs: 500 });
  const { issuer } = rig.platform;
  const me = { issuer, id: maya.id, email: maya.email, plan_tier: 'personal' };
  expect(await rig.account.status()).toBeUndefined();
  expect(await rig.account.login({ issuer, fresh: false })).toEqual(me);
  expect(await rig.account.whoami()).toEqual(me);
  expect(await rig.account.status()).toEqual({ issuer, email: maya.email, state: 'signed_in' });
  expect(rig.kept.setting).toEqual({ issuer, grant: 'code', email: maya.email });
  // Signed in already: nobody is asked again, unless they want to be.
  await rig.account.login({ fresh: false });
  expect(rig.browser.opened().length).toBe(1);
  await rig.account.login({ fresh: true });
  expect(rig.browser.opened().length).toBe(2);

  const url = await rig.addContainer('container_1');
  expect(await rig.call(url)).toBe(200);
  const key = `oauth:${issuer}`;
  const record = JSON.parse((await rig.vault.read(key))?.reveal() ?? '{}') as {
    refreshToken: string;
    client: { clientId: string };
  };
  expect(await rig.account.logout()).toBe(issuer);
  expect(await rig.vault.read(key)).toBeUndefined();
  const again = await rig.platform.post('/token', {
    grant_type: 'refresh_token',
    client_id: record.client.clientId,
    refresh_token: record.refreshToken,
  });
  expect(again.status).toBe(400);
  expect(await rig.account.status()).toEqual({ issuer, state: 'signed_out' });
  expect(await failureOf(rig.account.whoami())).toMatchObject({ code: 'sign_in_needed' });
  // The container's token would have lasted for minutes, and is not used any more.
  expect(await failureOf(rig.call(url))).toMatchObject({
    code: 'sign_in_needed',
    url: expect.stringContaining(`${issuer}/authorize?`) as string,
  });
  expect(rig.browser.opened().length).toBe(2);
  expect(await rig.account.logout()).toBe(issuer);
});

test('signing in to another platform signs out of the first', async () => {
  const rig = await openPlatformRig({ waitMs: 500 });
  const other = await openPlatformRig();
  const url = await rig.addContainer('container_1');
  await rig.account.login({ issuer: rig.platform.issuer, fresh: false });
  expect(await rig.call(url)).toBe(200);
  // As long as the second waits for the person, they have the first.
  rig.browser.refuse(true);
  const login = rig.account.login({ issuer: other.platform.issuer, fresh: false });
  await vi.waitFor(() => expect(rig.browser.opened().length).toBe(2), slow);
  expect(await rig.account.status()).toMatchObject({
    issuer: rig.platform.issuer,
    state: 'signed_in',
    signIn: { url: rig.browser.opened()[1] },
  });
  expect(await rig.call(url)).toBe(200);
  rig.browser.refuse(false);
  spawn(rig.browser.program, [rig.browser.opened()[1]!], { stdio: 'ignore' });
  expect(await login).toMatchObject({ issuer: other.platform.issuer });
  expect(await rig.account.whoami()).toMatchObject({ issuer: other.platform.issuer });
  expect(rig.kept.setting).toMatchObject({ issuer: other.platform.issuer, email: maya.email });
  expect(await rig.vault.read(`oauth:${rig.platform.issuer}`)).toBeUndefined();
  expect(await failureOf(rig.call(url, { issuer: rig.platform.issuer }))).toMatchObject({
    code: 'sign_in_needed',
    help: expect.stringContaining(rig.platform.issuer) as string,
  });
});

test('signs in without a browser on this machine, and remembers that', async () => {
  const rig = await openPlatformRig();
  const { issuer } = rig.platform;
  const login = rig.account.login({ issuer, grant: 'device', fresh: false });
  await vi.waitFor(async () => expect((await rig.account.status())?.signIn).toBeDefined(), slow);
  const { url, userCode } = (await rig.account.status())?.signIn ?? {};
  expect(userCode).toMatch(/^[A-Z]{4}-[A-Z]{4}$/);
  spawn(rig.browser.program, [`${url}?user_code=${userCode}`], { stdio: 'ignore' });
  expect(await login).toMatchObject({ email: maya.email });
  expect(rig.kept.setting).toMatchObject({ grant: 'device' });
});

test('a browser that is waited for gives way to a code', async () => {
  const rig = await openPlatformRig();
  const { issuer } = rig.platform;
  rig.browser.refuse(true);
  const first = failureOf(rig.account.login({ issuer, fresh: false }));
  await vi.waitFor(() => expect(rig.browser.opened().length).toBe(1), slow);
  rig.browser.refuse(false);
  const second = rig.account.login({ issuer, grant: 'device', fresh: false });
  expect(await first).toMatchObject({ code: 'cancelled' });
  await vi.waitFor(async () => expect((await rig.account.status())?.signIn?.userCode).toBeDefined(), slow);
  const { url, userCode } = (await rig.account.status())?.signIn ?? {};
  spawn(rig.browser.program, [`${url}?user_code=${userCode}`], { stdio: 'ignore' });
  expect(await second).toMatchObject({ email: maya.email });
});

test('somebody else who signs in takes nothing over from who was there before', async () => {
  const rig = await openPlatformRig();
  const { issuer } = rig.platform;
  const url = await rig.addContainer('container_1');
  await rig.account.login({ issuer, fresh: false });
  expect(await rig.call(url)).toBe(200);
  const next = await openPlatformRig({ person: noor });
  // The same platform, another person at the same desk.
  rig.browser.refuse(true);
  const login = rig.account.login({ issuer, fresh: true });
  await vi.waitFor(() => expect(rig.browser.opened().length).toBe(2), slow);
  spawn(next.browser.program, [rig.browser.opened()[1]!], { stdio: 'ignore' });
  expect(await login).toMatchObject({ email: noor.email });
  expect(await failureOf(rig.call(url))).toMatchObject({ code: 'forbidden' });
});

test('somebody else whose sign-in is stored only once the keychain is unlocked takes nothing over either', async () => {
  const real = createMemoryVault();
  let fails = false;
  const vault: Vault = {
    ...real,
    write(key, secret) {
      if (!fails || !key.startsWith('oauth:')) return real.write(key, secret);
      fails = false;
      return Promise.reject(new FairleadError('keychain_locked', 'The keychain is locked.'));
    },
  };
  const rig = await openPlatformRig({ vault });
  const { issuer } = rig.platform;
  const url = await rig.addContainer('container_1');
  await rig.account.login({ issuer, fresh: false });
  expect(await rig.call(url)).toBe(200);
  const { changes: before } = (await rig.broker.platform.account()) ?? {};
  const next = await openPlatformRig({ person: noor });
  rig.browser.refuse(true);
  const login = failureOf(rig.account.login({ issuer, fresh: true }));
  await vi.waitFor(() => expect(rig.browser.opened().length).toBe(2), slow);
  fails = true;
  spawn(next.browser.program, [rig.browser.opened()[1]!], { stdio: 'ignore' });
  expect(await login).toMatchObject({ code: 'keychain_locked' });
  // Whoever asks the platform next has the sign-in stored.
  expect(await rig.account.whoami()).toMatchObject({ email: noor.email });
  expect(await failureOf(rig.call(url))).toMatchObject({ code: 'forbidden' });
  expect((await rig.broker.platform.account())?.changes).not.toBe(before);
});

test('what is no platform is not signed in to', async () => {
  const rig = await openPlatformRig();
  await using web = await startWebServer((_request, response) => void response.writeHead(404).end());
  expect(await failureOf(rig.account.login({ issuer: web.url.origin, fresh: false }))).toMatchObject({
    code: 'discovery_refused',
  });
  expect(await failureOf(rig.account.login({ fresh: false }))).toMatchObject({ code: 'usage' });
  expect(rig.kept.setting).toBeUndefined();
  expect(rig.browser.opened()).toEqual([]);
});

test('the account’s token goes to its own platform alone', async () => {
  const rig = await openPlatformRig();
  await rig.account.login({ issuer: rig.platform.issuer, fresh: false });
  const sent: string[] = [];
  const send = rig.broker.platform.authenticated((request) => {
    sent.push(request.url.href);
    return Promise.reject(new Error('unreachable'));
  });
  for (const address of ['https://other.example/api/v1/me', `${rig.platform.issuer}/api/v2/me`]) {
    const request = {
      method: 'GET' as const,
      url: new URL(address),
      headers: {},
      signal: AbortSignal.timeout(5_000),
      lane: 'signal' as const,
    };
    expect(await failureOf(send(request))).toMatchObject({ code: 'sign_in_needed' });
  }
  expect(sent).toEqual([]);
});

test('a container has no secret and no sign-in of its own', async () => {
  const rig = await openPlatformRig();
  const owner = { configured: true, container: platformContainer('https://notes.example/mcp') };
  expect(await failureOf(rig.broker.signOut(owner))).toMatchObject({ code: 'usage' });
  await rig.broker.forget(owner);
});
