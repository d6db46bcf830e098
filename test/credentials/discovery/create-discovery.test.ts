import type { RequestListener } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import type { Clock } from '../../../electron/runtime/clock.ts';
import { failureOf } from '../../support/web-server.ts';
import {
  challengeOf,
  discoverer,
  goodServer,
  oauthContainer,
  page,
  startSite,
  status,
  type Routes,
} from './site.ts';

const open: AsyncDisposable[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each[Symbol.asyncDispose]();
});
async function site(routes: (origin: string) => Routes) {
  const started = await startSite(routes);
  open.push(started);
  return started;
}
function discovering(options: Parameters<typeof discoverer>[0] = {}) {
  const made = discoverer(options);
  open.push(made);
  return made;
}

const prm = '/.well-known/oauth-protected-resource';
const rfc8414 = '/.well-known/oauth-authorization-server';
const oidc = '/.well-known/openid-configuration';

test('reads the metadata that the challenge names, and asks for nothing else', async () => {
  const issuer = await site((origin) => ({ [rfc8414]: goodServer(origin) }));
  const container = await site((origin) => ({
    '/custom/metadata.json': {
      resource: `${origin}/mcp`,
      authorization_servers: [issuer.origin],
      scopes_supported: ['a', 'b'],
    },
  }));
  const found = await discovering().discover(
    oauthContainer(container.url),
    challengeOf({ resourceMetadata: `${container.origin}/custom/metadata.json` }),
  );
  expect(found).toEqual({
    resource: `${container.origin}/mcp`,
    server: goodServer(issuer.origin),
    source: 'metadata',
    scope: 'a b',
  });
  expect([container.asked, issuer.asked]).toEqual([['GET /custom/metadata.json'], [`GET ${rfc8414}`]]);
});

test('finds metadata by the path, then at the root', async () => {
  const routes = (origin: string) => ({ resource: origin, authorization_servers: [`${origin}/tenant1`] });
  const byPath = await site((origin) => ({
    [`${prm}/mcp`]: routes(origin),
    [`${rfc8414}/tenant1`]: goodServer(`${origin}/tenant1`),
  }));
  const atRoot = await site((origin) => ({
    [prm]: routes(origin),
    [`${rfc8414}/tenant1`]: goodServer(`${origin}/tenant1`),
  }));
  const { discover } = discovering();
  expect((await discover(oauthContainer(byPath.url))).resource).toBe(byPath.origin);
  expect((await discover(oauthContainer(atRoot.url))).resource).toBe(atRoot.origin);
  expect(byPath.asked).toEqual([`GET ${prm}/mcp`, `GET ${rfc8414}/tenant1`]);
  expect(atRoot.asked).toEqual([`GET ${prm}/mcp`, `GET ${prm}`, `GET ${rfc8414}/tenant1`]);
});

test('asks an issuer in the order of the specification: RFC 8414, OIDC with the path inside, OIDC after the path', async () => {
  const container = await site((origin) => ({
    [`${prm}/mcp`]: { resource: `${origin}/mcp`, authorization_servers: [`${origin}/tenant1`] },
    [`/tenant1${oidc}`]: goodServer(`${origin}/tenant1`, { jwks_uri: `${origin}/jwks` }),
  }));
  const { server } = await discovering().discover(oauthContainer(container.url));
  expect(server.issuer).toBe(`${container.origin}/tenant1`);
  expect(container.asked.slice(1)).toEqual([
    `GET ${rfc8414}/tenant1`,
    `GET ${oidc}/tenant1`,
    `GET /tenant1${oidc}`,
  ]);
});

test('takes an issuer with and without the lone slash for the same, and keeps it as the issuer writes it', async () => {
  const container = await site((origin) => ({
    [`${prm}/mcp`]: { resource: `${origin}/mcp`, authorization_servers: [`${origin}/`] },
    [rfc8414]: goodServer(origin),
  }));
  expect((await discovering().discover(oauthContainer(container.url))).server.issuer).toBe(container.origin);
});

test('serves 2025-03-26: a container that is its own authorization server, under any issuer of its origin', async () => {
  const container = await site((origin) => ({
    [rfc8414]: { ...goodServer(`${origin}/oauth`) },
  }));
  const found = await discovering().discover(oauthContainer(container.url));
  expect(found).toMatchObject({ resource: `${container.origin}/mcp`, source: 'metadata', scope: undefined });
  expect(found.server.issuer).toBe(`${container.origin}/oauth`);
});

test('serves 2025-03-26 without any metadata: the default endpoints, and no word about S256 is needed', async () => {
  const container = await site(() => ({}));
  const found = await discovering().discover(oauthContainer(container.url), challengeOf({ scope: 'a' }));
  const { origin } = container;
  expect(found).toEqual({
    resource: `${origin}/mcp`,
    server: {
      issuer: origin,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      registration_endpoint: `${origin}/register`,
    },
    source: 'defaults',
    scope: 'a',
  });
});

test('takes a page that answers everything, and a login page, for no metadata', async () => {
  const everything = page('<!doctype html>');
  const login = status(302, { location: '/login' });
  const container = await site(() => ({
    [`${prm}/mcp`]: everything,
    [prm]: login,
    [rfc8414]: everything,
    [oidc]: login,
  }));
  expect((await discovering().discover(oauthContainer(container.url))).source).toBe('defaults');
  expect(container.asked).not.toContain('GET /login');
});

test('does not fall back to weaker ways while a server is in trouble', async () => {
  const container = await site(() => ({
    [`${prm}/mcp`]: status(503),
  }));
  const { discover } = discovering();
  expect(await failureOf(discover(oauthContainer(container.url)))).toMatchObject({
    code: 'discovery_failed',
  });
  expect(container.asked).toHaveLength(1);
});

test('fails where the issuer that is named publishes nothing, and says what to do', async () => {
  const container = await site((origin) => ({
    [prm]: { resource: origin, authorization_servers: [`${origin}/as`] },
  }));
  expect(await failureOf(discovering().discover(oauthContainer(container.url)))).toMatchObject({
    code: 'discovery_failed',
    help: expect.stringContaining('--authorization-url') as string,
  });
});

test('of several issuers it takes the first that is usable', async () => {
  const weak = await site((origin) => ({
    [rfc8414]: goodServer(origin, { code_challenge_methods_supported: ['plain'] }),
  }));
  const broken = await site(() => ({ [rfc8414]: status(500) }));
  const good = await site((origin) => ({ [rfc8414]: goodServer(origin) }));
  const further = await site((origin) => ({ [rfc8414]: goodServer(origin) }));
  const naming = (...issuers: string[]) =>
    site((origin) => ({ [prm]: { resource: origin, authorization_servers: issuers } }));
  const { discover } = discovering();

  const served = await naming(weak.origin, broken.origin, good.origin, further.origin);
  expect((await discover(oauthContainer(served.url))).server.issuer).toBe(good.origin);
  expect(further.asked).toEqual([]);
  const inOrder = await naming(further.origin, good.origin);
  expect((await discover(oauthContainer(inOrder.url))).server.issuer).toBe(further.origin);

  // Where none is, what is wrong with the first is said; nobody is asked without end.
  const unserved = await naming(weak.origin, broken.origin);
  expect(await failureOf(discover(oauthContainer(unserved.url)))).toMatchObject({
    code: 'discovery_refused',
  });
  const endless = await naming(...Array.from({ length: 50 }, () => broken.origin), good.origin);
  const before = broken.asked.length;
  expect(await failureOf(discover(oauthContainer(endless.url)))).toMatchObject({ code: 'discovery_failed' });
  expect(broken.asked.length - before).toBeLessThan(10);
});

test.each([
  { resource: 7, authorization_servers: [] },
  { resource: 'x', authorization_servers: 'y' },
])('refuses malformed metadata: %j', async (metadata) => {
  const container = await site(() => ({ [prm]: metadata }));
  expect(await failureOf(discovering().discover(oauthContainer(container.url)))).toMatchObject({
    code: 'discovery_refused',
  });
});

test('overlooks members that are null', async () => {
  const container = await site((origin) => ({
    [prm]: { resource: origin, authorization_servers: [origin], scopes_supported: null },
    [rfc8414]: goodServer(origin, { jwks_uri: null, revocation_endpoint: null }),
  }));
  expect((await discovering().discover(oauthContainer(container.url))).server).toEqual(
    goodServer(container.origin),
  );
});

test('uses the endpoints, scope and resource that the person gave, and asks nobody', async () => {
  const container = await site(() => ({}));
  const found = await discovering().discover(
    oauthContainer(container.url, {
      authorizationUrl: 'https://login.example.com/authorize?tenant=a',
      tokenUrl: 'https://login.example.com/token',
      scope: 'x y',
      resource: 'https://api.example.com',
    }),
    challengeOf({ scope: 'a' }),
  );
  expect(found).toEqual({
    resource: 'https://api.example.com',
    server: {
      issuer: 'https://login.example.com',
      authorization_endpoint: 'https://login.example.com/authorize?tenant=a',
      token_endpoint: 'https://login.example.com/token',
    },
    source: 'explicit',
    scope: 'x y',
  });
  expect(container.connections()).toBe(0);
});

test('refuses given endpoints that no browser should open', async () => {
  const container = oauthContainer('https://mcp.example.com', {
    authorizationUrl: 'javascript:alert(1)',
    tokenUrl: 'https://login.example.com/token',
  });
  expect(await failureOf(discovering().discover(container))).toMatchObject({ code: 'config_invalid' });
});

test('needs no browser endpoint and no S256 for a machine, and a device endpoint for a device', async () => {
  const container = await site((origin) => ({
    [rfc8414]: { issuer: origin, token_endpoint: `${origin}/token` },
  }));
  const { discover } = discovering();
  const machine = {
    ...oauthContainer(container.url),
    auth: { method: 'client_credentials', clientId: 'me' } as const,
  };
  expect((await discover(machine)).server.token_endpoint).toBe(`${container.origin}/token`);
  expect(await failureOf(discover(oauthContainer(container.url)))).toMatchObject({
    code: 'discovery_failed',
  });
  expect(await failureOf(discover(oauthContainer(container.url, { grant: 'device' })))).toMatchObject({
    code: 'discovery_failed',
    help: expect.stringContaining('--grant device') as string,
  });
});

function standingClock(): Clock & { ms: number } {
  return {
    ms: 1_000,
    now() {
      return this.ms;
    },
    elapsed() {
      return this.ms;
    },
  };
}

test('keeps what it found for five minutes, not across a fresh sign-in, and drops it when told', async () => {
  const container = await site((origin) => ({ [rfc8414]: goodServer(origin) }));
  const clock = standingClock();
  const { discover, discovery } = discovering({ clock });
  const configured = oauthContainer(container.url);
  const once = 3;
  await Promise.all([discover(configured), discover(configured)]);
  clock.ms += 299_000;
  await discover(configured, challengeOf({ scope: 'other' }));
  expect(container.asked).toHaveLength(once);
  clock.ms += 2_000;
  await discover(configured);
  expect(container.asked).toHaveLength(2 * once);
  await discover(configured, undefined, true);
  expect(container.asked).toHaveLength(3 * once);
  discovery.forget(configured);
  await discover(configured);
  expect(container.asked).toHaveLength(4 * once);
  await discover({ ...configured, auth: { method: 'oauth', grant: 'code', assumeS256: true } });
  expect(container.asked).toHaveLength(5 * once);
});

test('keeps the scope of each challenge apart, and looks again where a challenge names other metadata', async () => {
  const container = await site((origin) => ({
    '/one': { resource: origin, authorization_servers: [origin] },
    '/two': { resource: `${origin}/mcp`, authorization_servers: [origin] },
    [rfc8414]: goodServer(origin),
  }));
  const { discover } = discovering();
  const ask = (path: string, scope: string) =>
    discover(
      oauthContainer(container.url),
      challengeOf({ resourceMetadata: container.origin + path, scope }),
    );
  expect(await ask('/one', 'a')).toMatchObject({ resource: container.origin, scope: 'a' });
  expect(await ask('/one', 'b')).toMatchObject({ resource: container.origin, scope: 'b' });
  expect(await ask('/two', 'c')).toMatchObject({ resource: `${container.origin}/mcp`, scope: 'c' });
  expect(container.asked).toHaveLength(4);
});

test('does not keep a failure', async () => {
  let broken = true;
  const container = await site((origin) => ({
    [rfc8414]: ((...each) =>
      (broken ? status(500) : page(JSON.stringify(goodServer(origin))))(...each)) satisfies RequestListener,
  }));
  const { discover } = discovering();
  expect(await failureOf(discover(oauthContainer(container.url)))).toMatchObject({
    code: 'discovery_failed',
  });
  broken = false;
  expect((await discover(oauthContainer(container.url))).source).toBe('metadata');
});
