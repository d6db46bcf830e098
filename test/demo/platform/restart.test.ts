import { createLocalJWKSet, decodeProtectedHeader, jwtVerify, type JSONWebKeySet } from 'jose';
import { expect, test } from 'vitest';
import { openKeyRing } from '../../../demo/platform/keys.ts';
import { callback, createBrowser } from './browser.ts';
import { callerOf, openCaller } from './calling.ts';
import { borrowDatabase } from './database.ts';
import { allow, notes, openPlatform, requestOf, signIn } from './running.ts';

const keySet = async (issuer: string) =>
  (await (await fetch(`${issuer}/.well-known/jwks.json`)).json()) as JSONWebKeySet;
const kids = async (issuer: string) => (await keySet(issuer)).keys.map(({ kid }) => kid);

test('sign-ins, registered programs, browser sessions and containers outlive the platform’s process', async () => {
  const database = await borrowDatabase();
  const first = await openPlatform({ database });
  const { clientId, tokens, refresh, call } = await openCaller(first);
  await call('POST', '/containers', { name: 'notes', mcp_endpoint: notes });
  const browser = createBrowser();
  await allow(browser, await browser.open(requestOf(first, clientId).url));
  const form = await browser.open(requestOf(first, clientId).url);
  const published = await kids(first.issuer);
  await first.close();

  const second = await openPlatform({ database, port: Number(new URL(first.issuer).port) });
  expect(await kids(second.issuer)).toEqual(published);
  const again = callerOf(second.issuer, tokens.access_token);
  expect((await again('GET', '/containers')).list).toMatchObject([{ name: 'notes' }]);
  const renewed = await second.tokens(refresh(tokens.refresh_token, { resource: notes }));
  expect(renewed.refresh_token).not.toBe(tokens.refresh_token);
  // A page that was open before can still be sent, and nobody is asked for a password again.
  const end = await browser.submit(form, '/allow');
  expect(end.url.href).toContain(`${callback}?code=`);
});

test('what was used up or revoked before stays so', async () => {
  const database = await borrowDatabase();
  const first = await openPlatform({ database });
  const { tokens, refresh } = await signIn(first);
  const second = await first.tokens(refresh(tokens.refresh_token));
  await first.close();
  const platform = await openPlatform({ database, port: Number(new URL(first.issuer).port) });
  expect((await platform.post('/token', refresh(tokens.refresh_token))).status).toBe(400);
  // Used twice: the grant and all of it is gone, its newest token too.
  expect((await platform.post('/token', refresh(second.refresh_token))).status).toBe(400);
});

test('new keys are published before they sign, and old ones as long as a token under them', async () => {
  const platform = await openPlatform();
  const { issuer } = platform;
  const { tokens, refresh, call } = await openCaller(platform);
  const before = await kids(issuer);
  await platform.rotateKeys(60_000);
  expect((await kids(issuer)).length).toBe(4);
  const early = await platform.tokens(refresh(tokens.refresh_token));
  expect(before).toContain(decodeProtectedHeader(early.access_token).kid);

  await platform.rotateKeys(0);
  const late = await platform.tokens(refresh(early.refresh_token));
  expect(before).not.toContain(decodeProtectedHeader(late.access_token).kid);
  const published = await keySet(issuer);
  for (const { access_token: token } of [tokens, early, late])
    await jwtVerify(token, createLocalJWKSet(published), { issuer });
  expect(await call('GET', '/me')).toMatchObject({ status: 200 });
  expect(await callerOf(issuer, late.access_token)('GET', '/me')).toMatchObject({ status: 200 });
  expect(platform.audited.filter((line) => line.includes('keys_rotated'))).toHaveLength(2);
});

test('requests that go on while the keys are replaced do not fail', async () => {
  const platform = await openPlatform();
  const { call } = await openCaller(platform);
  const answers: Promise<number>[] = [];
  for (let round = 0; round < 5; round += 1) {
    for (let count = 0; count < 10; count += 1) answers.push(call('GET', '/me').then(({ status }) => status));
    await platform.rotateKeys(0);
  }
  expect(new Set(await Promise.all(answers))).toEqual(new Set([200]));
});

test('keys that nothing is signed with any more are forgotten, and old ones are replaced by themselves', async () => {
  const database = await borrowDatabase();
  const ring = await openKeyRing(database, { tokenMs: 0, aheadMs: 60_000 });
  const [first] = ring.current().keys;
  await ring.rotate(0);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await ring.refresh()).toBe(true);
  expect(ring.current().keys).toHaveLength(2);
  expect(ring.current().keys).not.toContainEqual(first);
  expect(await ring.refresh()).toBe(false);

  await database.query(`UPDATE signing_keys SET signs_from = signs_from - interval '91 days'`);
  const old = ring.current().keys;
  expect(await ring.refresh()).toBe(true);
  expect(ring.current().keys).toHaveLength(4);
  expect(ring.current().keys).toEqual(expect.arrayContaining([...old]));
});
