/** Each of the ways in which MCP servers are commonly protected, over both transports: who may come in does, nobody else. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { decodeJwt, SignJWT } from 'jose';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createToken } from '../../../demo/container/guard/token-file.ts';
import { gitHubApp } from '../../../demo/github-double.ts';
import { startGitHubDouble } from '../../support/github-double.ts';
import { postgresPrograms } from '../../support/postgres-programs.ts';
import { startPostgresServer, type PostgresServer } from '../../support/postgres-server.ts';
import {
  ask,
  begin,
  discover,
  redeem,
  type Begun,
  type Found,
  type Tokens,
} from './authorization/program.ts';
import { callback } from '../platform/browser.ts';
import { openKeys } from './issuer-keys.ts';
import { initializeBody, openClient, openContainer, post, type TestContainer } from './running.ts';
import { openSseClient } from './sse-client.ts';

const programs = postgresPrograms();
let server: Promise<PostgresServer> | undefined;
afterAll(async () => {
  await (await server)?.[Symbol.asyncDispose]();
});
const databaseUrl = async () =>
  programs === undefined ? undefined : (await (server ??= startPostgresServer(programs))).url;

const transports = ['/mcp', '/sse'] as const;
type Transport = (typeof transports)[number];

async function whoami(url: string, secret?: string): Promise<unknown> {
  const client = url.endsWith('/sse')
    ? await openSseClient(url, secret)
    : (await openClient(url, { secret })).client;
  const { structuredContent } = await client.callTool({ name: 'whoami', arguments: {} });
  return structuredContent;
}

async function statusOf(url: string, secret?: string): Promise<number> {
  const headers: Record<string, string> = secret === undefined ? {} : { authorization: `Bearer ${secret}` };
  const response = url.endsWith('/sse')
    ? await fetch(url, { headers })
    : await post(url, initializeBody, headers);
  await response.body?.cancel();
  return response.status;
}

const at = ({ url }: TestContainer, transport: Transport) => url.replace(/\/mcp$/, transport);

async function openWith(auth: unknown): Promise<TestContainer> {
  return openContainer((config) => writeFile(config, JSON.stringify({ auth })), {
    databaseUrl: await databaseUrl(),
  });
}

async function openOwn(): Promise<TestContainer> {
  vi.stubEnv('TEST_MAYA_PASSWORD', 'correct horse battery');
  onTestFinished(() => void vi.unstubAllEnvs());
  const users = [{ email: 'Maya@mycompany.com', password_env: 'TEST_MAYA_PASSWORD' }];
  return openWith({ mode: 'oauth', sign_in: { users } });
}

async function openProxy() {
  vi.stubEnv('TEST_GITHUB_SECRET', gitHubApp.secret);
  onTestFinished(() => void vi.unstubAllEnvs());
  const github = await startGitHubDouble();
  const settings = {
    client_id: 'Iv1.desk',
    client_secret_env: 'TEST_GITHUB_SECRET',
    authorize_url: `${github.origin}/login/oauth/authorize`,
    token_url: `${github.origin}/login/oauth/access_token`,
    api_url: github.origin,
  };
  return { github, container: await openWith({ mode: 'oauth', sign_in: { github: settings } }) };
}

const signInOwn = ({ browser, page }: Begun, password = 'correct horse battery') =>
  browser.submit(page, '/sign-in', { email: 'maya@mycompany.com', password });

/** From the redirect to GitHub to the page that asks. */
async function comeBack({ browser, page }: Begun) {
  return browser.open((await browser.open(page.url)).url);
}

async function tokensFor(found: Found): Promise<Tokens> {
  const begun = await begin(found);
  return redeem(found, await begun.browser.submit(await signInOwn(begun), '/allow'), begun.verifier);
}

describe.each(transports)('over %s', (transport) => {
  test('none: whoever is on this machine comes in', async () => {
    const container = await openContainer();
    expect(await whoami(at(container, transport))).toMatchObject({ mode: 'local' });
  });

  test('bearer: whoever has the key', async () => {
    let secret = '';
    const container = await openContainer(
      async (config) => (secret = await createToken(config, 'my-laptop')),
    );
    expect(await whoami(at(container, transport), secret)).toMatchObject({
      mode: 'token',
      token: 'my-laptop',
    });
    expect(await statusOf(at(container, transport))).toBe(401);
    expect(await statusOf(at(container, transport), `${secret}x`)).toBe(401);
  });

  test('JWT: whoever has a token of the issuer’s for this endpoint', async () => {
    const keys = await openKeys();
    const key = await keys.publish('one');
    const container = await openWith({
      mode: 'platform',
      platform_jwks_url: `${keys.issuer}/.well-known/jwks.json`,
      expected_user_id: 'user_maya',
    });
    const url = at(container, transport);
    const sign = (audience: string) =>
      new SignJWT({ scope: 'mcp:tools' })
        .setProtectedHeader({ alg: 'ES256', kid: 'one', typ: 'at+jwt' })
        .setIssuer(keys.issuer)
        .setAudience(audience)
        .setSubject('user_maya')
        .setExpirationTime('5m')
        .sign(key);
    expect(await whoami(url, await sign(url))).toMatchObject({ mode: 'platform', user_id: 'user_maya' });
    expect(await statusOf(url, await sign('https://other.example/mcp'))).toBe(401);
    expect(await statusOf(url)).toBe(401);
  });

  test('OAuth by a third party: whoever signs in at GitHub, with tokens that are not GitHub’s', async () => {
    const { container, github } = await openProxy();
    const url = at(container, transport);
    const found = await discover(url);
    expect(found.resource).toBe(url);
    const begun = await begin(found);
    expect(begun.page.url.origin).toBe(github.origin);
    const asked = await comeBack(begun);
    expect(asked.text).toContain('A program');
    const { access_token: token } = await redeem(
      found,
      await begun.browser.submit(asked, '/allow'),
      begun.verifier,
    );
    expect(await whoami(url, token)).toMatchObject({
      mode: 'oauth',
      user_id: 'github:583231',
      tenant_id: 'mycompany.com',
    });
    expect(await statusOf(url, github.grant())).toBe(401);
    expect(await statusOf(url)).toBe(401);
  });

  test('own authorization server: whoever signs in here', async () => {
    const url = at(await openOwn(), transport);
    const found = await discover(url);
    expect(new URL(url).origin).toBe(found.issuer);
    const { access_token: token, refresh_token: refreshToken } = await tokensFor(found);
    expect(decodeJwt(token)).toMatchObject({ aud: url, iss: found.issuer });
    expect(await whoami(url, token)).toMatchObject({
      mode: 'oauth',
      user_id: 'own:maya@mycompany.com',
      tenant_id: 'mycompany.com',
    });
    const refreshed = await ask(found, { grant_type: 'refresh_token', refresh_token: refreshToken });
    const { access_token: next } = (await refreshed.json()) as Tokens;
    expect(await statusOf(url, next)).toBe(200);
    // A refresh token counts once: shown again, it ends all that came of it.
    const again = await ask(found, { grant_type: 'refresh_token', refresh_token: refreshToken });
    expect(again.status).toBe(400);
  });
});

test('a token for one container is none for another', async () => {
  const [one, other] = [await openOwn(), await openOwn()];
  const { access_token: token } = await tokensFor(await discover(one.url));
  expect(await statusOf(one.url, token)).toBe(200);
  expect(await statusOf(other.url, token)).toBe(401);
  const page = (await begin(await discover(one.url), { resource: other.url })).page;
  expect(page.url.searchParams.get('error')).toBe('invalid_target');
});

test('a wrong password, a no, and a form from elsewhere give no code', async () => {
  const found = await discover((await openOwn()).url);
  const begun = await begin(found);
  const again = await signInOwn(begun, 'wrong');
  expect(again.status).toBe(422);
  const asked = await signInOwn({ ...begun, page: again });
  const elsewhere = await begin(found);
  const forged = await elsewhere.browser.submit(elsewhere.page, '/sign-in', { form_token: 'x' });
  expect(forged.status).toBe(403);
  const [, uid = ''] = /interaction\/([^/]+)\/allow/.exec(asked.text) ?? [];
  const stranger = await fetch(`${found.issuer}/interaction/${uid}/allow`, {
    method: 'POST',
    redirect: 'manual',
  });
  expect(stranger.status).toBe(400);
  const end = await begun.browser.submit(asked, '/deny');
  expect(end.url.href).toContain(callback);
  expect(Object.fromEntries(end.url.searchParams)).toMatchObject({
    error: 'access_denied',
    state: 'a-state',
  });
});

test('a second program is asked about, though the person is signed in', async () => {
  const { container } = await openProxy();
  const first = await begin(await discover(container.url));
  await first.browser.submit(await comeBack(first), '/allow');
  const second = await begin(await discover(container.url), {}, first.browser);
  expect(second.page.text).toContain('/allow');
  expect(second.page.url.searchParams.get('code')).toBeNull();
});

test('what comes back from GitHub counts in the browser that went there, and once', async () => {
  const { container } = await openProxy();
  const found = await discover(container.url);
  const [victim, attacker] = [await begin(found), await begin(found)];
  const { url: back } = await attacker.browser.open(attacker.page.url);
  expect((await victim.browser.open(back)).status).toBe(400);
  back.searchParams.set('state', `${back.searchParams.get('state') ?? ''}x`);
  expect((await attacker.browser.open(back)).status).toBe(400);
  const refused = await attacker.browser.open(attacker.page.url);
  refused.url.searchParams.set('code', 'stolen');
  const end = await attacker.browser.open(refused.url);
  expect(end.url.searchParams.get('error')).toBe('access_denied');
});

test('asks for PKCE, and sends codes only where the program registered', async () => {
  const found = await discover((await openOwn()).url);
  const without = await begin(found, { code_challenge: '', code_challenge_method: '' });
  expect(without.page.url.searchParams.get('error')).toBe('invalid_request');
  const elsewhere = await begin(found, { redirect_uri: 'https://evil.example/callback' });
  expect(elsewhere.page.url.origin).toBe(found.issuer);
  expect(elsewhere.page.status).toBe(400);
});

test('pages may do nothing but show their forms, and only under the container’s own name', async () => {
  const container = await openOwn();
  const { page } = await begin(await discover(container.url));
  const [, style = ''] = /<style>([^<]*)<\/style>/.exec(page.text) ?? [];
  const hash = createHash('sha256').update(style).digest('base64');
  expect(page.headers.get('content-security-policy')).toBe(
    `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self' ${new URL(callback).origin}; base-uri 'none'; frame-ancestors 'none'`,
  );
  expect(page.headers.get('cache-control')).toBe('no-store');
  expect(page.text).not.toContain('<script');
});

test('does not start without the secrets that it names', async () => {
  const users = [{ email: 'maya@mycompany.com', password_env: 'TEST_NOT_THERE' }];
  await expect(openWith({ mode: 'oauth', sign_in: { users } })).rejects.toMatchObject({
    code: 'config_invalid',
  });
});
