import { setTimeout as wait } from 'node:timers/promises';
import { decodeJwt } from 'jose';
import { expect, test, vi } from 'vitest';
import { createMemoryVault } from '../../../electron/credentials/memory-vault.ts';
import type { Vault } from '../../../electron/credentials/vault.ts';
import { FairleadError } from '../../../shared/errors.ts';
import { maya, noor } from '../../demo/platform/running.ts';
import { openPlatformRig, platformContainer, type PlatformRig } from '../../support/platform-rig.ts';
import { failureOf, startWebServer } from '../../support/web-server.ts';

const slow = { timeout: 40_000 };

async function loggedIn(options: Parameters<typeof openPlatformRig>[0] = {}): Promise<PlatformRig> {
  const rig = await openPlatformRig(options);
  await rig.account.login({ issuer: rig.platform.issuer, fresh: false });
  return rig;
}

const refreshes = (rig: PlatformRig) => rig.asked.get('refresh_token 200') ?? 0;
const refusals = (rig: PlatformRig) => [...rig.asked.keys()].filter((each) => !each.endsWith(' 200'));

test('one sign-in gives each container a token of its own, as the contract says', async () => {
  const rig = await loggedIn();
  const urls = [await rig.addContainer('container_1'), await rig.addContainer('container_2')] as const;
  for (const url of [...urls, ...urls]) expect(await rig.call(url)).toBe(200);
  const claims = [...new Set(rig.sent)].map((token) => decodeJwt(token));
  expect(claims).toMatchObject(
    urls.map((aud, index) => ({
      iss: rig.platform.issuer,
      aud,
      sub: maya.id,
      scope: 'mcp:tools mcp:resources data:read',
      container_id: `container_${index + 1}`,
    })),
  );
  for (const { exp = 0, iat = 0 } of claims) expect(exp - iat).toBe(300);
  // A stranger's request never went out: it was known what to ask for.
  expect(rig.answers).toEqual(new Map([[200, 4]]));
  expect(rig.browser.opened().length).toBe(1);
  expect(rig.asked).toEqual(
    new Map([
      ['authorization_code 200', 1],
      ['refresh_token 200', 2],
    ]),
  );
});

test('asks for no more than the scope that is configured', async () => {
  const rig = await loggedIn();
  const url = await rig.addContainer('container_1');
  expect(await rig.call(url, { scope: 'mcp:tools' })).toBe(200);
  expect(decodeJwt(rig.sent.at(-1) ?? '')).toMatchObject({ scope: 'mcp:tools' });
  expect(await failureOf(rig.call(url, { scope: 'mcp:everything' }))).toMatchObject({ code: 'forbidden' });
  expect(await rig.call(url)).toBe(200);
});

test('20 clients of each of 2 containers with tokens of 4 seconds: one sign-in, no reuse, no token too late', async () => {
  const rig = await loggedIn({ accessTokenSeconds: 4 });
  const urls = [await rig.addContainer('container_1'), await rig.addContainer('container_2')];
  const began = Date.now();
  const statuses = new Set<number>();
  const client = async (number: number) => {
    while (Date.now() - began < 10_000) {
      statuses.add(await rig.call(urls[number % 2]!));
      // Each call leaves a session behind, and a container has room for 1,000.
      await wait(220 + Math.random() * 160);
    }
  };
  await Promise.all(Array.from({ length: 40 }, (_, number) => client(number)));
  const seconds = (Date.now() - began) / 1000;
  expect(statuses).toEqual(new Set([200]));
  expect(refusals(rig)).toEqual([]);
  expect(rig.browser.opened().length).toBe(1);
  expect(refreshes(rig)).toBeGreaterThanOrEqual(4);
  // For each container at 75 % of 4 s, and its first.
  expect(refreshes(rig)).toBeLessThanOrEqual(2 * (Math.ceil(seconds / 3) + 1));
});

test('however many clients of however many containers wait, one tab is opened, and its sign-in serves them all', async () => {
  const rig = await openPlatformRig({ named: true });
  const urls = [await rig.addContainer('container_1'), await rig.addContainer('container_2')];
  const statuses = await Promise.all(Array.from({ length: 20 }, (_, number) => rig.call(urls[number % 2]!)));
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(rig.browser.opened().length).toBe(1);
  expect(refreshes(rig)).toBe(2);
  expect(rig.kept.setting).toMatchObject({ issuer: rig.platform.issuer, grant: 'code' });
  // Nobody asked whose sign-in that was, and it is known all the same.
  await vi.waitFor(() => expect(rig.kept.setting?.email).toBe(maya.email), slow);
});

test('whoever waits in vain is given the link, and a tab that was closed stays closed', async () => {
  const rig = await openPlatformRig({ named: true, waitMs: 500 });
  rig.browser.refuse(true);
  const url = await rig.addContainer('container_1');
  // On a slow machine its time is over before the link is known.
  expect(await failureOf(rig.call(url))).toMatchObject({ code: 'sign_in_needed' });
  await vi.waitFor(() => expect(rig.browser.opened().length).toBe(1), slow);
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const thrown = await Promise.all([1, 2, 3].map(() => failureOf(rig.call(url))));
    for (const each of thrown)
      expect(each).toMatchObject({ code: 'sign_in_needed', url: rig.browser.opened()[0] });
    expect(rig.browser.opened().length).toBe(1);
  }
  const owner = { configured: true, container: platformContainer(url) };
  expect(await rig.broker.presence(owner)).toBe('signing_in');
  expect(await rig.account.status()).toMatchObject({
    state: 'signing_in',
    signIn: { url: rig.browser.opened()[0] },
  });
  rig.browser.refuse(false);
  await rig.broker.signIn(owner);
  expect(rig.browser.opened().length).toBe(2);
  expect(await rig.call(url)).toBe(200);
});

test('without any platform, what is needed is said at once', async () => {
  const rig = await openPlatformRig();
  const url = await rig.addContainer('container_1');
  expect(await failureOf(rig.call(url))).toMatchObject({
    code: 'sign_in_needed',
    help: expect.stringContaining('fairlead login --platform') as string,
  });
  expect(await rig.broker.presence({ configured: true, container: platformContainer(url) })).toBe('missing');
  expect(rig.answers).toEqual(new Map());
  // One that names its platform leads there.
  expect(await rig.call(url, { issuer: rig.platform.issuer })).toBe(200);
});

test('a 401 is answered once with a fresh token, then it is an error', async () => {
  const rig = await loggedIn();
  const seen: string[] = [];
  let accepts: (token: string) => boolean = () => false;
  await using web = await startWebServer(({ headers }, response) => {
    const token = headers.authorization ?? '';
    seen.push(token);
    response.writeHead(accepts(token) ? 200 : 401).end();
  });
  expect(await failureOf(rig.call(web.url.href))).toMatchObject({ code: 'unauthorized' });
  expect(new Set(seen).size).toBe(2);
  expect(rig.browser.opened().length).toBe(1);

  accepts = () => true;
  expect(await rig.call(web.url.href)).toBe(200);
  const [current] = seen.slice(-1);
  const before = refreshes(rig);
  accepts = (token) => token !== current;
  expect(await Promise.all(Array.from({ length: 10 }, () => rig.call(web.url.href)))).toEqual(
    Array.from({ length: 10 }, () => 200),
  );
  expect(refreshes(rig)).toBe(before + 1);
});

test('what a container wanted more of one account is not asked of the next', async () => {
  const rig = await loggedIn();
  let needs = 'data:read';
  await using web = await startWebServer(({ headers }, response) => {
    const [, token] = headers.authorization?.split(' ') ?? [];
    const scopes = token === undefined ? [] : String(decodeJwt(token)['scope']).split(' ');
    const challenge = `Bearer error="insufficient_scope", scope="${needs}"`;
    if (scopes.includes(needs)) response.end();
    else response.writeHead(403, { 'www-authenticate': challenge }).end();
  });
  const scopeSent = () => decodeJwt(rig.sent.at(-1) ?? '')['scope'];
  expect(await rig.call(web.url.href, { scope: 'mcp:tools' })).toBe(200);
  expect(scopeSent()).toBe('mcp:tools data:read');
  needs = 'mcp:tools';
  await rig.account.login({ issuer: rig.platform.issuer, fresh: true });
  expect(await rig.call(web.url.href, { scope: 'mcp:tools' })).toBe(200);
  expect(scopeSent()).toBe('mcp:tools');
});

test('another’s container is refused, and costs nobody their sign-in', async () => {
  const rig = await loggedIn({ person: noor });
  const url = await rig.addContainer('container_1');
  expect(await failureOf(rig.call(url))).toMatchObject({ code: 'forbidden' });
  expect(await rig.account.whoami()).toMatchObject({ email: noor.email });
  expect(rig.browser.opened().length).toBe(1);
});

/** A vault that takes nothing for a while. */
function failingVault() {
  const real = createMemoryVault();
  const state = { locked: false };
  const vault: Vault = {
    ...real,
    write: (key, secret) =>
      state.locked
        ? Promise.reject(new FairleadError('keychain_locked', 'The keychain is locked.'))
        : real.write(key, secret),
  };
  return { vault, state };
}

test('no token is used before the refresh token that came with it is stored', async () => {
  const { vault, state } = failingVault();
  const rig = await loggedIn({ vault });
  const url = await rig.addContainer('container_1');
  state.locked = true;
  expect(await failureOf(rig.call(url))).toMatchObject({ code: 'keychain_locked' });
  expect(await failureOf(rig.call(url))).toMatchObject({ code: 'keychain_locked' });
  expect(refreshes(rig)).toBe(1);
  expect(rig.sent).toEqual([]);
  state.locked = false;
  expect(await rig.call(url)).toBe(200);
  expect(refusals(rig)).toEqual([]);
});

test('a core that dies between the platform’s answer and its storing costs one sign-in, not more', async () => {
  const { vault, state } = failingVault();
  const rig = await loggedIn({ vault });
  const url = await rig.addContainer('container_1');
  state.locked = true;
  await failureOf(rig.call(url));
  state.locked = false;
  const { broker } = rig.restart();
  const statuses = await Promise.all(Array.from({ length: 10 }, () => rig.call(url, { broker })));
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(rig.browser.opened().length).toBe(2);
  expect(refusals(rig)).toEqual(['refresh_token 400']);
});

test('a restart of the core costs no sign-in', async () => {
  const rig = await loggedIn();
  const url = await rig.addContainer('container_1');
  await rig.call(url);
  const { broker, account } = rig.restart();
  expect(await rig.call(url, { broker })).toBe(200);
  expect(await account.whoami()).toMatchObject({ id: maya.id });
  expect(rig.browser.opened().length).toBe(1);
  expect(refusals(rig)).toEqual([]);
});
