import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { connect } from 'node:tls';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateKeyPair, SignJWT, UnsecuredJWT, type CryptoKey, type JWTPayload } from 'jose';
import { expect, onTestFinished, test, vi } from 'vitest';
import { namesGateway } from '../../../../demo/container/guard/peer-certificate.ts';
import type { Credentials } from '../../../support/tls-authority.ts';
import { openKeys } from '../issuer-keys.ts';
import { openContainer } from '../running.ts';
import { agentWith, openAuthority, send } from '../tls-caller.ts';

const gatewayName = 'URI:urn:fairlead:platform';

async function opened(more: Record<string, string> = {}) {
  const authority = openAuthority();
  const server = authority.issue();
  const gateway = authority.issue({ names: gatewayName, use: 'clientAuth' });
  const keys = await openKeys();
  let kid = 'one';
  let key = await keys.publish(kid);
  const auth = {
    mode: 'mtls',
    platform_ca: authority.caFile,
    certificate: server.certFile,
    key: server.keyFile,
    platform_jwks_url: `${keys.issuer}/.well-known/jwks.json`,
    platform_issuer: keys.issuer,
    container_id: 'container_notes',
    ...more,
  };
  const { url } = await openContainer((config) => writeFile(config, JSON.stringify({ auth })));

  const claim = (changes: JWTPayload = {}, header: object = {}, by: CryptoKey | Uint8Array = key) => {
    const now = Math.floor(Date.now() / 1_000);
    const claims = {
      iss: keys.issuer,
      aud: 'urn:fairlead:container:container_notes',
      sub: 'user_maya',
      iat: now,
      exp: now + 60,
      jti: randomUUID(),
    };
    return new SignJWT({ ...claims, ...changes })
      .setProtectedHeader({ alg: 'ES256', kid, typ: 'platform-user+jwt', ...header })
      .sign(by);
  };
  const agent = agentWith(authority, gateway);
  return {
    url,
    authority,
    gateway,
    server,
    keys,
    claim,
    agent,
    enter: async (claimed?: string, headers: Record<string, string> = {}) =>
      send(url, {
        agent,
        headers: { ...(claimed === undefined ? {} : { 'x-platform-user': claimed }), ...headers },
      }),
    rotate: async (next: string) => {
      key = await keys.publish(next, { beside: true });
      kid = next;
    },
  };
}

/** Opens a connection and sends a request into it. @returns every byte that came back. */
async function bytesFor(
  url: string,
  credentials: { cert?: string; key?: string; ca: string },
): Promise<string> {
  const { port } = new URL(url);
  const socket = connect({ port: Number(port), host: '127.0.0.1', ...credentials });
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  socket.write(`GET /mcp HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  let received = '';
  socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return received;
}

test('the gateway enters with a claim, and tools know the user of it', async () => {
  const { url, claim, agent, enter } = await opened();
  const begun = await enter(await claim());
  expect(begun.status).toBe(200);
  const headers = { 'mcp-session-id': String(begun.headers['mcp-session-id']) };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name: 'whoami' } });
  const called = await send(url, { agent, body, headers: { ...headers, 'x-platform-user': await claim() } });
  expect(called.body).toContain('"user_id":"user_maya"');
});

test('whoever has no certificate, or a stranger’s, is not spoken to', async () => {
  const { url, authority, gateway } = await opened();
  const { ca } = authority;
  const stranger = openAuthority().issue({ names: gatewayName, use: 'clientAuth' });
  const refused: [string, Partial<Credentials>][] = [
    ['no certificate', {}],
    ['another authority’s', stranger],
    [
      'one that names a user',
      authority.issue({ names: 'URI:urn:fairlead:user:user_maya', use: 'clientAuth' }),
    ],
    ['one that names a host', authority.issue({ names: 'DNS:urn.fairlead.platform', use: 'clientAuth' })],
    ['one for servers', authority.issue({ names: gatewayName })],
    ['one that has expired', authority.issue({ names: gatewayName, use: 'clientAuth', days: -1 })],
    ['one of its own making', authority.selfSigned()],
  ];
  for (const [what, { cert, key }] of refused) {
    const shown = cert === undefined || key === undefined ? {} : { cert, key };
    expect(await bytesFor(url, { ca, ...shown }), what).toBe('');
  }
  const agent = new Agent({ ca, cert: gateway.cert, key: gateway.key });
  expect((await send(url, { agent, headers: {} })).status).toBe(401);
});

test('a name that only looks like the gateway’s is not', () => {
  expect(namesGateway('URI:urn:fairlead:platform')).toBe(true);
  expect(namesGateway('DNS:localhost, URI:urn:fairlead:platform')).toBe(true);
  for (const names of [
    undefined,
    '',
    'URI:urn:fairlead:platform2',
    'DNS:urn:fairlead:platform',
    'DNS:"x, URI:urn:fairlead:platform, y"',
    'URI:"urn:fairlead:platform"',
  ]) {
    expect(namesGateway(names), names).toBe(false);
  }
});

test('takes nothing else that a client sends for its identity', async () => {
  const { enter, claim } = await opened();
  const own = await claim();
  for (const headers of [
    { authorization: `Bearer ${own}` },
    { 'x-user-id': 'user_maya' },
    { 'x-platform-user-id': 'user_maya' },
    { 'x-forwarded-user': 'user_maya', 'x-forwarded-client-cert': 'URI=urn:fairlead:platform' },
  ]) {
    expect((await enter(undefined, headers)).status).toBe(401);
  }
  expect((await enter(`${own}, ${await claim({ sub: 'user_noor' })}`)).status).toBe(401);
  expect((await enter(own)).status).toBe(200);
});

test.each([
  ['has expired', { iat: 1_000_000_000, exp: 1_000_000_060 }],
  ['is old, and says it still lives', { iat: Math.floor(Date.now() / 1_000) - 300 }],
  ['says nothing of its age', { iat: undefined }],
  ['has no end', { exp: undefined }],
  ['is for another container', { aud: 'urn:fairlead:container:container_other' }],
  ['is for several', { aud: ['urn:fairlead:container:container_notes', 'urn:fairlead:container:other'] }],
  ['is for nobody', { aud: undefined }],
  ['is of another issuer', { iss: 'https://evil.example' }],
  ['is nobody’s', { sub: undefined }],
  ['is of a user without a name', { sub: '' }],
  ['cannot be told from another', { jti: undefined }],
])('refuses a claim that %s', async (_what, changes) => {
  const { enter, claim } = await opened();
  expect((await enter(await claim(changes as JWTPayload))).status).toBe(401);
});

test('refuses a claim that the platform did not sign', async () => {
  const { enter, claim, keys } = await opened();
  const { privateKey: stranger } = await generateKeyPair('ES256');
  const rsa = await keys.publish('rsa', { alg: 'RS256', beside: true });
  const good = await claim();
  const [head = '', body = '', signature = ''] = good.split('.');
  const forged = Buffer.from(JSON.stringify({ sub: 'user_noor' })).toString('base64url');
  for (const wrong of [
    'user_maya',
    new UnsecuredJWT({ sub: 'user_maya', jti: 'x' }).encode(),
    `${head}.${forged}.${signature}`,
    `${head}.${body}.`,
    await claim({}, {}, stranger),
    await claim({}, { alg: 'HS256' }, new TextEncoder().encode('x'.repeat(32))),
    await claim({}, { alg: 'RS256', kid: 'rsa' }, rsa),
    await claim({}, { typ: 'at+jwt' }),
    await claim({}, { typ: undefined }),
    await claim({}, { kid: undefined }),
  ]) {
    expect((await enter(wrong)).status, wrong).toBe(401);
  }
  expect((await enter(good)).status).toBe(200);
});

test('a claim counts once', async () => {
  const { enter, claim } = await opened();
  const once = await claim();
  const statuses = (await Promise.all([enter(once), enter(once), enter(once)])).map(({ status }) => status);
  expect(statuses.sort()).toEqual([200, 401, 401]);
  expect((await enter(once)).status).toBe(401);
});

test('a claim of another user is refused where the container is told whose it is', async () => {
  const { enter, claim } = await opened({ expected_user_id: 'user_maya' });
  expect((await enter(await claim())).status).toBe(200);
  expect((await enter(await claim({ sub: 'user_noor' }))).status).toBe(403);
});

test('another user’s session is as good as none', async () => {
  const { enter, claim } = await opened();
  const begun = await enter(await claim());
  const session = { 'mcp-session-id': String(begun.headers['mcp-session-id']) };
  expect((await enter(await claim({ sub: 'user_noor' }), session)).status).toBe(404);
});

test('no call fails while the platform changes its keys', async () => {
  const { enter, claim, rotate, keys } = await opened();
  const statuses: number[] = [];
  let changing = true;
  const callers = Array.from({ length: 8 }, async () => {
    while (changing) {
      statuses.push((await enter(await claim())).status);
      await sleep(5);
    }
  });
  for (const next of ['two', 'three']) {
    await sleep(400);
    await rotate(next);
  }
  await sleep(2_500);
  changing = false;
  await Promise.all(callers);
  expect(statuses.length).toBeGreaterThan(20);
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
  // The first reading, and one for each new key at most.
  expect(keys.requests()).toBeLessThanOrEqual(4);
});

test('no call fails while the container’s own certificate is renewed', async () => {
  const { enter, claim, url, authority, gateway, server } = await opened();
  const shown = async () => {
    const socket = connect({
      port: Number(new URL(url).port),
      host: '127.0.0.1',
      ...gateway,
      ca: authority.ca,
    });
    await once(socket, 'secureConnect');
    const { serialNumber } = socket.getPeerX509Certificate() ?? {};
    socket.destroy();
    return serialNumber;
  };
  const before = await shown();
  const statuses: number[] = [];
  let renewing = true;
  const callers = Array.from({ length: 4 }, async () => {
    while (renewing) statuses.push((await enter(await claim())).status);
  });
  const renewed = authority.issue();
  await writeFile(server.certFile, renewed.cert);
  await sleep(300);
  await writeFile(server.keyFile, renewed.key);
  await vi.waitFor(async () => expect(await shown()).not.toBe(before), { timeout: 40_000 });
  renewing = false;
  await Promise.all(callers);
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
});

test('does not start without what it needs', async () => {
  const authority = openAuthority();
  const server = authority.issue();
  const auth = {
    mode: 'mtls',
    platform_ca: authority.caFile,
    certificate: server.certFile,
    key: server.keyFile,
    platform_jwks_url: 'https://platform.example/.well-known/jwks.json',
    platform_issuer: 'https://platform.example',
    container_id: 'container_notes',
  };
  const start = (changes: Record<string, string | undefined>) =>
    openContainer((config) => writeFile(config, JSON.stringify({ auth: { ...auth, ...changes } })));
  for (const changes of [
    { platform_ca: undefined },
    { platform_ca: 'missing.pem' },
    { key: authority.issue().keyFile },
    { certificate: server.keyFile },
    { platform_jwks_url: 'http://platform.example/jwks' },
    { container_id: 'a b' },
  ]) {
    await expect(start(changes), JSON.stringify(changes)).rejects.toMatchObject({ code: 'config_invalid' });
  }
});
