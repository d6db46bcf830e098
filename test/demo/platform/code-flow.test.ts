import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { expect, test } from 'vitest';
import { callback, createBrowser } from './browser.ts';
import {
  allow,
  everyScope,
  maya,
  noor,
  notes,
  openPlatform,
  requestOf,
  signIn,
  type TestPlatform,
} from './running.ts';

async function read({ issuer }: TestPlatform, token: string) {
  const keys = (await (await fetch(`${issuer}/.well-known/jwks.json`)).json()) as JSONWebKeySet;
  return jwtVerify(token, createLocalJWKSet(keys), { issuer });
}

test('signs in through the pages, and the token is for the container that was asked for', async () => {
  const platform = await openPlatform();
  await platform.addContainer({ id: 'container_7', userId: maya.id, endpoint: notes });
  const { tokens } = await signIn(platform, { changes: { resource: notes } });

  expect(tokens).toMatchObject({ token_type: 'Bearer', expires_in: 300 });
  const { payload, protectedHeader } = await read(platform, tokens.access_token);
  expect(protectedHeader).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
  expect(payload).toMatchObject({
    aud: notes,
    sub: maya.id,
    scope: 'mcp:tools mcp:resources data:read',
    container_id: 'container_7',
  });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300);

  const id = await read(platform, tokens.id_token ?? '');
  expect(id.payload).toMatchObject({ sub: maya.id, email: maya.email });
});

test('without a resource the token is for the platform’s own API', async () => {
  const platform = await openPlatform({ accessTokenSeconds: 7 });
  const { tokens } = await signIn(platform);
  const { payload } = await read(platform, tokens.access_token);
  expect(payload).toMatchObject({ aud: `${platform.issuer}/api/v1`, sub: maya.id });
  expect(payload).not.toHaveProperty('container_id');
  expect(tokens.expires_in).toBe(7);
});

test('the answer has the state, the issuer and nothing but a code', async () => {
  const platform = await openPlatform();
  const browser = createBrowser();
  const { url } = requestOf(platform, await platform.client());
  const end = await allow(browser, await browser.open(url));
  expect(`${end.url.origin}${end.url.pathname}`).toBe(callback);
  expect([...end.url.searchParams.keys()].sort()).toEqual(['code', 'iss', 'state']);
  expect(end.url.searchParams.get('iss')).toBe(platform.issuer);
  expect(end.url.searchParams.get('state')).toBe('a-state');
});

test('a code is good once, for its own verifier, redirect and program', async () => {
  const platform = await openPlatform();
  const [clientId, other] = [await platform.client(), await platform.client()];
  const browser = createBrowser();
  const newCode = async () => {
    const { url, verifier } = requestOf(platform, clientId);
    const end = await allow(browser, await browser.open(url));
    const code = end.url.searchParams.get('code') ?? '';
    return {
      grant_type: 'authorization_code',
      client_id: clientId,
      code,
      code_verifier: verifier,
      redirect_uri: callback,
    };
  };
  const statusOf = async (form: Record<string, string>) => (await platform.post('/token', form)).status;

  expect(await statusOf({ ...(await newCode()), code_verifier: 'x'.repeat(43) })).toBe(400);
  expect(await statusOf({ ...(await newCode()), redirect_uri: 'http://127.0.0.1:1/callback' })).toBe(400);
  expect(await statusOf({ ...(await newCode()), client_id: other })).toBe(400);
  expect(await statusOf({ ...(await newCode()), code_verifier: '' })).toBe(400);

  const form = await newCode();
  const tokens = await platform.tokens(form);
  expect(await statusOf(form)).toBe(400);
  // What came of the first use is void too: one of the two users stole the code.
  const refresh = { grant_type: 'refresh_token', client_id: clientId, refresh_token: tokens.refresh_token };
  expect(await statusOf(refresh)).toBe(400);
});

test('asks again at every sign-in, but not for the password', async () => {
  const platform = await openPlatform();
  const clientId = await platform.client();
  const browser = createBrowser();
  await allow(browser, await browser.open(requestOf(platform, clientId).url));
  const second = await browser.open(requestOf(platform, clientId).url);
  expect(second.text).toContain('Allow Fairlead to use your account?');
  expect(second.text).toContain(maya.email);
});

test('the account can be changed from the page that asks', async () => {
  const platform = await openPlatform();
  const clientId = await platform.client();
  const browser = createBrowser();
  await allow(browser, await browser.open(requestOf(platform, clientId).url));
  const asked = await browser.open(requestOf(platform, clientId).url);
  const anew = await browser.submit(asked, '/switch');
  expect(anew.text).toContain('<h1>Sign in</h1>');
  const end = await allow(browser, anew, noor);
  expect(end.url.searchParams.get('code')).not.toBeNull();
});

test('signing in as another while signed in begins anew', async () => {
  const platform = await openPlatform();
  const clientId = await platform.client();
  const browser = createBrowser();
  await allow(browser, await browser.open(requestOf(platform, clientId).url));
  const page = await browser.open(requestOf(platform, clientId, { prompt: 'login' }).url);
  const anew = await browser.submit(page, '/sign-in', { email: noor.email, password: noor.password });
  const consent = await browser.submit(anew, '/sign-in', { email: noor.email, password: noor.password });
  expect(consent.text).toContain(noor.email);
});

test.each(['sign-in', 'consent'])(
  'no, at the page of %s, goes back to the program as access_denied',
  async (at) => {
    const platform = await openPlatform();
    const browser = createBrowser();
    let page = await browser.open(requestOf(platform, await platform.client()).url);
    if (at === 'consent')
      page = await browser.submit(page, '/sign-in', { email: maya.email, password: maya.password });
    const end = await browser.submit(page, '/deny');
    expect(end.url.searchParams.get('error')).toBe('access_denied');
    expect(end.url.searchParams.get('iss')).toBe(platform.issuer);
    expect(end.url.searchParams.get('code')).toBeNull();
  },
);

test('nobody gets a token for a container that is another’s', async () => {
  const platform = await openPlatform();
  await platform.addContainer({ id: 'container_7', userId: noor.id, endpoint: notes });
  const browser = createBrowser();
  const { url } = requestOf(platform, await platform.client(), { resource: notes });
  const page = await browser.open(url);
  const next = await browser.submit(page, '/sign-in', { email: maya.email, password: maya.password });
  expect(next.status).toBe(400);
  expect(next.forms).toEqual([]);
});

test('a program that asks for less gets less, and the page says so', async () => {
  const platform = await openPlatform();
  const browser = createBrowser();
  const clientId = await platform.client();
  const page = await browser.open(requestOf(platform, clientId, { scope: 'mcp:tools', resource: notes }).url);
  const asked = await browser.submit(page, '/sign-in', { email: maya.email, password: maya.password });
  expect(asked.text).toContain('In notes.example.com/mcp it may');
  expect(asked.text).toContain('Use tools');
  expect(asked.text).not.toContain('Read resources');
  const { tokens } = await signIn(platform, { clientId, changes: { scope: 'mcp:tools', resource: notes } });
  expect(tokens.scope).toBe('mcp:tools');
  expect(tokens).not.toHaveProperty('id_token');
  expect(everyScope).toContain(tokens.scope);
});
