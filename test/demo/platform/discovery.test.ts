import { request } from 'node:http';
import { expect, test } from 'vitest';
import { callback, createBrowser } from './browser.ts';
import { openPlatform, requestOf } from './running.ts';

test('says the same of itself in both kinds of metadata', async () => {
  const { issuer } = await openPlatform();
  const [oidc, oauth] = await Promise.all(
    ['openid-configuration', 'oauth-authorization-server'].map(
      async (name) =>
        (await (await fetch(`${issuer}/.well-known/${name}`)).json()) as Record<string, unknown>,
    ),
  );
  expect(oidc).toEqual(oauth);
  expect(oidc).toMatchObject({
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    code_challenge_methods_supported: ['S256'],
    response_types_supported: ['code'],
    scopes_supported: ['openid', 'offline_access', 'mcp:tools', 'mcp:resources', 'data:read'],
    authorization_response_iss_parameter_supported: true,
  });
  for (const endpoint of ['authorization', 'token', 'registration', 'revocation', 'device_authorization']) {
    expect(oidc?.[`${endpoint}_endpoint`]).toMatch(new RegExp(`^${issuer}/`));
  }
});

test('publishes its keys, and only their public half', async () => {
  const { issuer } = await openPlatform();
  const { keys } = (await (await fetch(`${issuer}/.well-known/jwks.json`)).json()) as {
    keys: Record<string, unknown>[];
  };
  expect(keys.map(({ alg }) => alg)).toEqual(['RS256', 'ES256']);
  for (const key of keys)
    for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi']) expect(key).not.toHaveProperty(secret);
});

test('registers a program that has nowhere to keep a secret, without one', async () => {
  const platform = await openPlatform();
  const response = await platform.register();
  expect(response.status).toBe(201);
  const client = (await response.json()) as Record<string, unknown>;
  expect(client).toMatchObject({ application_type: 'native', token_endpoint_auth_method: 'none' });
  expect(client).not.toHaveProperty('client_secret');
});

test.each(['http://evil.example/callback', 'javascript:alert(1)', 'https://127.0.0.1/callback', 'not a url'])(
  'does not register a program that wants to be answered at %s',
  async (redirect) => {
    const platform = await openPlatform();
    const response = await platform.register({ redirect_uris: [redirect] });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: expect.stringMatching(/^invalid_/) as string });
  },
);

test.each(['http://127.0.0.1:1/callback', 'http://127.0.0.1:65535/callback', 'http://127.0.0.1/callback'])(
  'returns to the loopback redirect at any port: %s',
  async (redirect) => {
    const platform = await openPlatform();
    const { url } = requestOf(platform, await platform.client(), { redirect_uri: redirect });
    const page = await createBrowser().open(url);
    expect(page.forms.map(({ action }) => action.split('/').at(-1))).toEqual(['sign-in', 'deny']);
  },
);

test.each([
  'http://127.0.0.1/other',
  'http://localhost/callback',
  'http://127.0.0.1.evil.example/callback',
  'https://127.0.0.1/callback',
  'http://127.0.0.1/callback/../other',
])('never sends anybody to a redirect that was not registered: %s', async (redirect) => {
  const platform = await openPlatform();
  const { url } = requestOf(platform, await platform.client(), { redirect_uri: redirect });
  const page = await createBrowser().open(url);
  expect(page.status).toBe(400);
  expect(page.url.origin).toBe(platform.issuer);
  expect(page.text).toContain('We cannot send you back');
  expect(page.text).not.toContain(redirect);
});

test.each([
  [{ code_challenge: '', code_challenge_method: '' }, 'invalid_request'],
  [{ code_challenge_method: 'plain' }, 'invalid_request'],
  [{ response_type: 'token' }, 'unsupported_response_type'],
  [{ resource: 'http://10.0.0.1/mcp' }, 'invalid_target'],
  [{ resource: 'https://a.example/#here' }, 'invalid_target'],
])('refuses %j, and says so to the program', async (changes, error) => {
  const platform = await openPlatform();
  const { url } = requestOf(platform, await platform.client(), changes);
  const { url: end } = await createBrowser().open(url);
  expect(`${end.origin}${end.pathname}`).toBe(callback);
  expect(new URLSearchParams(end.search || end.hash.slice(1)).get('error')).toBe(error);
});

test('answers to its own name only', async () => {
  const { issuer } = await openPlatform();
  const statusFor = (host: string) =>
    new Promise((resolve, reject) => {
      request(`${issuer}/device`, { headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on('error', reject)
        .end();
    });
  expect(await statusFor(new URL(issuer).host)).toBe(200);
  expect(await statusFor('evil.example')).toBe(421);
  expect(await statusFor(`localhost:${new URL(issuer).port}`)).toBe(421);
});
