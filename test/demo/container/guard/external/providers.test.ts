import { writeFile } from 'node:fs/promises';
import { generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { gitHubApp } from '../../../../../demo/github-double.ts';
import { startGitHubDouble } from '../../../../support/github-double.ts';
import { googleClient, googleSettings, startGoogleDouble } from '../../../../support/google-double.ts';
import { postgresPrograms } from '../../../../support/postgres-programs.ts';
import { startPostgresServer } from '../../../../support/postgres-server.ts';
import { initializeBody, openClient, openContainer, post } from '../../running.ts';

// One server for all of them, where there is one: the embedded Postgres takes seconds to start.
const programs = postgresPrograms();
const server = programs === undefined ? undefined : startPostgresServer(programs);
afterAll(async () => {
  await (await server)?.[Symbol.asyncDispose]();
});

const auth0Audience = 'https://notes.example.com';

async function opened(more: Record<string, unknown> = {}) {
  const [google, auth0, github] = await Promise.all([
    startGoogleDouble(),
    startGoogleDouble(),
    startGitHubDouble(),
  ]);
  vi.stubEnv('TEST_GITHUB_SECRET', gitHubApp.secret);
  onTestFinished(() => void vi.unstubAllEnvs());
  const auth = {
    mode: 'external',
    providers: {
      google: googleSettings(google),
      auth0: { domain: 'mine.eu.auth0.com', audience: auth0Audience, issuer: `${auth0.origin}/` },
      github: {
        api_url: github.origin,
        client_id: 'Iv1.desk',
        client_secret_env: 'TEST_GITHUB_SECRET',
      },
    },
    ...more,
  };
  const { url } = await openContainer((config) => writeFile(config, JSON.stringify({ auth })), {
    databaseUrl: (await server)?.url,
  });
  return {
    url,
    google,
    auth0,
    github,
    auth0Token: (claims: JWTPayload = {}) =>
      auth0.idToken({
        iss: `${auth0.origin}/`,
        aud: [auth0Audience, `${auth0.origin}/userinfo`],
        sub: 'auth0|64f',
        scope: 'openid mcp:tools data:read',
        ...claims,
      }),
    enter: async (token: string) =>
      post(url, initializeBody, { authorization: `Bearer ${token}` }).then(async (response) => {
        await response.body?.cancel();
        return response.status;
      }),
    whoami: async (token: string): Promise<unknown> => {
      const { client } = await openClient(url, { secret: token });
      const { structuredContent } = await client.callTool({ name: 'whoami', arguments: {} });
      return structuredContent;
    },
  };
}

const all = ['mcp:tools', 'mcp:resources', 'data:read'];

test('an ID token of Google’s tells the user and, by their verified e-mail, the tenant', async () => {
  const { google, whoami } = await opened();
  expect(await whoami(await google.idToken())).toEqual({
    mode: 'external',
    token: null,
    user_id: 'google:123456789',
    tenant_id: 'mycompany.com',
    permissions: all,
  });
  expect(await whoami(await google.idToken({ sub: '5', email: 'maya@gmail.com' }))).toMatchObject({
    user_id: 'google:5',
    tenant_id: 'google:5',
  });
  expect(await whoami(await google.idToken({ sub: '6', email_verified: false }))).toMatchObject({
    tenant_id: 'google:6',
  });
  expect(await whoami(await google.idToken({ sub: '7', email_verified: undefined }))).toMatchObject({
    tenant_id: 'google:7',
  });
});

test('an access token of Google’s counts where it was made for our app', async () => {
  const { google, whoami, enter } = await opened();
  const maya = { sub: '123456789', email: 'maya@mycompany.com', email_verified: 'true' } as const;
  expect(await whoami(google.accessToken(maya))).toMatchObject({
    user_id: 'google:123456789',
    tenant_id: 'mycompany.com',
  });
  expect(await enter(google.accessToken(maya, 'another.apps.googleusercontent.com'))).toBe(401);
  expect(await enter('ya29.made-up')).toBe(401);
});

test.each([
  ['has expired', { exp: 1_000_000_000 }],
  ['has no end', { exp: undefined }],
  ['is for another app', { aud: 'another.apps.googleusercontent.com' }],
  ['is of another issuer', { iss: 'https://accounts.evil.example' }],
  ['is nobody’s', { sub: undefined }],
])('refuses an ID token that %s', async (_what, claims) => {
  const { google, enter } = await opened();
  expect(await enter(await google.idToken(claims as JWTPayload))).toBe(401);
});

test('refuses what the provider did not sign', async () => {
  const { google, auth0, enter, auth0Token } = await opened();
  const good = await google.idToken();
  const { privateKey: stranger } = await generateKeyPair('RS256');
  const claims = { iss: google.origin, aud: googleClient, sub: '1' };
  const signed = (alg: string, key: CryptoKey | Uint8Array) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg, kid: 'google' })
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(key);
  for (const wrong of [
    new UnsecuredJWT(claims).setIssuedAt().setExpirationTime('1h').encode(),
    `${good.split('.').slice(0, 2).join('.')}.`,
    await signed('RS256', stranger),
    await signed('HS256', new TextEncoder().encode('x'.repeat(32))),
    // Each provider's keys are good for its own issuer only.
    await auth0.idToken(claims),
    await google.idToken({ iss: `${auth0.origin}/`, aud: auth0Audience, scope: 'mcp:tools' }),
  ]) {
    expect(await enter(wrong), wrong).toBe(401);
  }
  expect(await enter(good)).toBe(200);
  expect(await enter(await auth0Token())).toBe(200);
});

test('a JWT of Auth0’s brings its own permissions', async () => {
  const { whoami, auth0Token, enter, url } = await opened();
  expect(await whoami(await auth0Token())).toEqual({
    mode: 'external',
    token: null,
    user_id: 'auth0:auth0|64f',
    tenant_id: 'mycompany.com',
    permissions: ['openid', 'mcp:tools', 'data:read'],
  });
  expect(await whoami(await auth0Token({ permissions: ['mcp:tools'] }))).toMatchObject({
    permissions: ['mcp:tools'],
  });
  expect(await enter(await auth0Token({ aud: 'https://other.example.com' }))).toBe(401);
  const response = await post(url, initializeBody, {
    authorization: `Bearer ${await auth0Token({ permissions: ['data:read'] })}`,
  });
  expect(response.status).toBe(403);
  expect(response.headers.get('www-authenticate')).toContain('error="insufficient_scope"');
});

test('GitHub says whose a token is, and which of their addresses it has checked', async () => {
  const { github, whoami } = await opened();
  expect(await whoami(github.grant())).toMatchObject({
    user_id: 'github:583231',
    tenant_id: 'mycompany.com',
  });
  const claimed = { id: 2, email: 'boss@mycompany.com' };
  expect(await whoami(github.grant(claimed))).toMatchObject({ tenant_id: 'github:2' });
  const unverified = { id: 3, emails: [{ email: 'boss@mycompany.com', primary: true, verified: false }] };
  expect(await whoami(github.grant(unverified))).toMatchObject({ tenant_id: 'github:3' });
});

test('a GitHub token that was made for another app is refused', async () => {
  const { github, enter } = await opened();
  expect(await enter(github.grant(undefined, 'Iv1.other'))).toBe(401);
  expect(await enter('gho_madeup')).toBe(401);
});

test('no token is shown to a provider that did not make it', async () => {
  const { google, auth0, github, enter } = await opened();
  await enter(github.grant());
  expect([google.asked, auth0.asked]).toEqual([[], []]);
  github.apiCalls.length = 0;
  await enter(google.accessToken({ sub: '1' }));
  await enter(await google.idToken());
  expect([auth0.asked, github.apiCalls]).toEqual([[], []]);
  await enter('eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL2V2aWwuZXhhbXBsZSJ9.');
  expect(auth0.asked).toEqual([]);
});

test('asks once for many requests, and again when the time is over', async () => {
  const { google, enter } = await opened({ cache_seconds: 4 });
  const token = google.accessToken({ sub: '1' });
  const statuses = await Promise.all(Array.from({ length: 20 }, () => enter(token)));
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(google.asked).toEqual(['/tokeninfo', '/userinfo']);
  google.revoke(token);
  await vi.waitFor(async () => expect(await enter(token)).toBe(401), { timeout: 40_000, interval: 200 });
});

test('a provider that cannot say is not the caller’s fault, and is asked again at once', async () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => stderr.mockRestore());
  const { google, github, enter } = await opened();
  const [googles, gitHubs] = [google.accessToken({ sub: '1' }), github.grant()];
  for (const status of [429, 500, 302]) {
    google.status = status;
    github.apiStatus = status;
    expect(await enter(googles)).toBe(503);
    expect(await enter(gitHubs)).toBe(503);
  }
  google.status = undefined;
  github.apiStatus = undefined;
  expect(await enter(googles)).toBe(200);
  expect(await enter(gitHubs)).toBe(200);
  for (const secret of [googles, gitHubs, gitHubApp.secret])
    expect(stderr.mock.calls.join()).not.toContain(secret);
});

test('lets in only the tenants it is told to', async () => {
  const { google, url, enter } = await opened({ tenants: ['mycompany.com'] });
  expect(await enter(await google.idToken())).toBe(200);
  const stranger = await google.idToken({ sub: '8', email: 'maya@gmail.com' });
  const response = await post(url, initializeBody, { authorization: `Bearer ${stranger}` });
  expect(response.status).toBe(403);
  expect(response.headers.get('www-authenticate')).toBeNull();
});

test('who comes without a token learns which providers there are', async () => {
  const { url, google, auth0 } = await opened();
  const response = await post(url, initializeBody);
  expect(response.status).toBe(401);
  const metadata = `${new URL(url).origin}/.well-known/oauth-protected-resource/mcp`;
  expect(response.headers.get('www-authenticate')).toBe(
    `Bearer realm="container", scope="openid email", resource_metadata="${metadata}"`,
  );
  expect(await (await fetch(metadata)).json()).toMatchObject({
    resource: url,
    authorization_servers: [google.origin, `${auth0.origin}/`, 'https://github.com/login/oauth'],
  });
});

test('does not start with providers it cannot ask', async () => {
  const start = (providers: unknown) =>
    openContainer((config) => writeFile(config, JSON.stringify({ auth: { mode: 'external', providers } })));
  for (const providers of [
    {},
    { google: {} },
    { google: { client_id: 'a', jwks_url: 'http://evil.example/certs' } },
    { github: { client_id: 'a', client_secret_env: 'TEST_NOT_THERE' } },
    { facebook: {} },
  ]) {
    await expect(start(providers), JSON.stringify(providers)).rejects.toMatchObject({
      code: 'config_invalid',
    });
  }
});
