import { request as httpRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { expect, test } from 'vitest';
import { gatewayEndpoint } from '../../../../shared/platform-api.ts';
import { borrowDatabase } from '../database.ts';
import { openCaller, openEvents, type Caller } from '../calling.ts';
import { createProver, maya, noor, openPlatform, signIn, tokenHash, type TestPlatform } from '../running.ts';

interface Told {
  readonly pid: number;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly size: number;
  readonly opened: number;
  readonly flooded: number;
}

async function openHosted(
  given?: TestPlatform,
): Promise<Caller & { platform: TestPlatform; id: string; endpoint: string; token: string }> {
  const platform = given ?? (await openPlatform());
  const caller = await openCaller(platform);
  const id = await platform.host({ userId: maya.id, name: 'notes' });
  const endpoint = gatewayEndpoint(platform.issuer, id);
  return { ...caller, platform, id, endpoint, token: await caller.tokenFor(endpoint) };
}

function send(
  endpoint: string,
  token: string,
  {
    headers = {},
    body = '{}',
    method = 'POST',
  }: { headers?: Record<string, string>; body?: string; method?: string } = {},
): Promise<Response> {
  return fetch(endpoint, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    ...(method === 'POST' && { body }),
  });
}
const told = async (response: Response) => {
  expect(response.status).toBe(200);
  return (await response.json()) as Told;
};

test('a call wakes a sleeping container, once however many come, and it is told by events', async () => {
  const { platform, endpoint, token, tokens, call, id } = await openHosted();
  const events = await openEvents(platform.issuer, tokens.access_token, '0');
  expect(await events.next()).toMatchObject({ event: 'container.created', data: { status: 'sleeping' } });
  const answers = await Promise.all(Array.from({ length: 8 }, async () => told(await send(endpoint, token))));
  expect(new Set(answers.map(({ pid }) => pid)).size).toBe(1);
  expect([await events.next(), await events.next()]).toMatchObject([
    { event: 'container.updated', data: { id, status: 'starting' } },
    { event: 'container.updated', data: { id, status: 'running' } },
  ]);

  expect(await call('POST', `/containers/${id}/stop`)).toMatchObject({ status: 202 });
  expect([await events.next(), await events.next()]).toMatchObject([
    { data: { status: 'stopping' } },
    { data: { status: 'sleeping' } },
  ]);
  expect(() => process.kill(answers[0]!.pid, 0)).toThrow();
  expect(await call('POST', `/containers/${id}/start`)).toMatchObject({ status: 202 });
  expect([await events.next(), await events.next()]).toMatchObject([
    { data: { status: 'starting' } },
    { data: { status: 'running' } },
  ]);
});

test('the container gets a claim of the platform’s, made for this request, and nothing of the client’s word', async () => {
  const { platform, endpoint, token, id } = await openHosted();
  const forged = {
    'x-platform-user': 'forged',
    ...{ 'x-user-id': 'user_noor', 'x-user': 'user_noor', forwarded: 'for=1.2.3.4' },
    ...{ 'x-forwarded-for': '1.2.3.4', 'x-forwarded-host': 'evil.example', cookie: 'a=b' },
    ...{ origin: 'https://evil.example', 'x-real-ip': '1.2.3.4', connection: 'keep-alive, x-platform-user' },
  };
  const passed = { 'mcp-protocol-version': '2025-06-18', 'mcp-session-id': 's', 'last-event-id': '7' };
  const raw = httpRequest(endpoint, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, ...forged, ...passed },
  });
  raw.end('{"a": 1}');
  const [response] = (await once(raw, 'response')) as [NodeJS.ReadableStream & { headers: object }];
  let text = '';
  for await (const chunk of response) text += String(chunk);
  const one = JSON.parse(text) as Told;
  expect(response.headers).not.toHaveProperty('set-cookie');
  expect(response.headers).toMatchObject({ 'mcp-session-id': 'a-session' });

  expect(one).toMatchObject({ method: 'POST', url: '/mcp', size: 8, headers: passed });
  for (const name of [...Object.keys(forged), 'authorization'])
    if (!['x-platform-user', 'connection'].includes(name)) expect(one.headers).not.toHaveProperty(name);

  const keys = (await (await fetch(`${platform.issuer}/.well-known/jwks.json`)).json()) as JSONWebKeySet;
  const claim = (of: Told) =>
    jwtVerify(of.headers['x-platform-user'] ?? '', createLocalJWKSet(keys), {
      ...{ issuer: platform.issuer, audience: `urn:fairlead:container:${id}`, typ: 'platform-user+jwt' },
    });
  const { payload, protectedHeader } = await claim(one);
  expect(protectedHeader).toMatchObject({ alg: 'ES256' });
  expect(payload.sub).toBe(maya.id);
  expect(payload.exp! - payload.iat!).toBe(60);
  const two = await told(await send(endpoint, token));
  expect((await claim(two)).payload.jti).not.toBe(payload.jti);
});

test('refuses what is not a token of the owner’s for this container, and says where to get one', async () => {
  const { platform, endpoint, token, tokens, tokenFor, call } = await openHosted();
  const theirs = await openCaller(platform, noor);
  const otherId = await platform.host({ userId: maya.id, name: 'other' });
  const narrow = await tokenFor(endpoint, { scope: 'mcp:resources' });
  const another = await tokenFor(gatewayEndpoint(platform.issuer, otherId));
  const [head = '', body = ''] = token.split('.');
  const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
  for (const wrong of ['nonsense', tokens.access_token, another, `${none}.${body}.`, `${head}.${body}.x`]) {
    const answer = await send(endpoint, wrong);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
  }
  expect((await send(endpoint, narrow)).status).toBe(403);
  await expect(theirs.tokenFor(endpoint)).rejects.toThrow('invalid_target');
  const apiToken = async (from: Caller, scope: string) =>
    String((await from.call('POST', '/tokens', { name: 'program', scopes: [scope] })).body['token']);
  expect((await send(endpoint, await apiToken(theirs, 'mcp:tools'))).status).toBe(403);
  expect((await send(endpoint, await apiToken({ ...theirs, call }, 'data:read'))).status).toBe(403);

  const bare = await fetch(endpoint, { method: 'POST' });
  expect(bare.status).toBe(401);
  const challenge = bare.headers.get('www-authenticate') ?? '';
  expect(challenge).not.toContain('error=');
  const metadata = /resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? '';
  expect(await (await fetch(metadata)).json()).toMatchObject({
    resource: endpoint,
    authorization_servers: [platform.issuer],
  });
  // One that is not there looks the same from outside.
  const absent = await fetch(endpoint.replace(/container_\w+/, 'container_none'), { method: 'POST' });
  expect(absent.status).toBe(401);
  expect(absent.headers.get('www-authenticate')).not.toContain('error=');
  expect((await call('GET', '/containers')).list).toMatchObject([
    { status: 'sleeping' },
    { status: 'sleeping' },
  ]);
});

test('an API token with mcp:tools enters its user’s container until it is revoked', async () => {
  const { endpoint, call } = await openHosted();
  const { body } = await call('POST', '/tokens', { name: 'program', scopes: ['mcp:tools'] });
  await told(await send(endpoint, String(body['token'])));
  await call('DELETE', `/tokens/${String(body['id'])}`);
  expect((await send(endpoint, String(body['token']))).status).toBe(401);
});

test('a token that is bound to a key comes with a proof for this very request', async () => {
  const platform = await openPlatform();
  const id = await platform.host({ userId: maya.id, name: 'notes' });
  const endpoint = gatewayEndpoint(platform.issuer, id);
  const prove = await createProver();
  const { tokens } = await signIn(platform, {
    changes: { resource: endpoint },
    headers: { dpop: await prove('POST', `${platform.issuer}/token`) },
  });
  const { access_token: token } = tokens;
  const proof = await prove('POST', endpoint, { ath: tokenHash(token) });
  const withProof = () =>
    fetch(endpoint, { method: 'POST', headers: { authorization: `DPoP ${token}`, dpop: proof } });
  await told(await withProof());
  expect((await withProof()).status).toBe(401);
  expect((await send(endpoint, token)).status).toBe(401);
});

test('a stream flows as it comes, and ends at the container when its reader goes', async () => {
  const { endpoint, token } = await openHosted();
  const controller = new AbortController();
  const stream = await fetch(endpoint, {
    headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
    signal: controller.signal,
  });
  const { value } = await stream.body!.pipeThrough(new TextDecoderStream()).getReader().read();
  expect(value).toBe('id: 1\ndata: first\n\n');
  const opened = async () => (await told(await send(endpoint, token))).opened;
  expect(await opened()).toBe(1);
  controller.abort();
  await expect.poll(opened, { timeout: 10_000 }).toBe(0);
});

test('a reader that does not read stops the container’s writing, not the gateway’s memory', async () => {
  const { endpoint, token } = await openHosted();
  const raw = httpRequest(endpoint, { headers: { authorization: `Bearer ${token}`, 'mcp-test': 'flood' } });
  raw.end();
  const [response] = (await once(raw, 'response')) as [IncomingMessage];
  response.pause();
  const flooded = async () => (await told(await send(endpoint, token))).flooded;
  let before = -1;
  await expect
    .poll(
      async () => {
        const [earlier, now] = [before, await flooded()];
        before = now;
        return now > 0 && now === earlier;
      },
      { timeout: 20_000, interval: 300 },
    )
    .toBe(true);
  expect(before).toBeLessThan(64 * 1_024 * 1_024);
  raw.destroy();
});

test('a large body arrives whole, and one that breaks off is told', async () => {
  const { endpoint, token } = await openHosted();
  const body = JSON.stringify('x'.repeat(5_000_000));
  const upload = httpRequest(endpoint, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'mcp-test': 'break' },
  });
  upload.on('error', () => undefined);
  upload.write('the first part');
  const [broken] = (await once(upload, 'response')) as [IncomingMessage];
  expect(broken.statusCode).toBe(502);
  upload.destroy();
  expect((await told(await send(endpoint, token, { body }))).size).toBe(body.length);
});

test('a container that refuses the gateway or dies is the platform’s fault, and is started again', async () => {
  const { endpoint, token, call, id } = await openHosted();
  const refused = await send(endpoint, token, { headers: { 'mcp-test': 'refuse' } });
  expect([refused.status, refused.headers.get('content-type')]).toEqual([502, 'application/problem+json']);
  const { pid } = await told(await send(endpoint, token));
  expect((await send(endpoint, token, { headers: { 'mcp-test': 'die' } })).status).toBe(502);
  await expect
    .poll(async () => (await call('GET', '/containers')).list, { timeout: 10_000 })
    .toMatchObject([{ id, status: 'failed' }]);
  expect((await told(await send(endpoint, token))).pid).not.toBe(pid);
});

test('one that does not start is told, and one that is removed ends', async () => {
  const database = await borrowDatabase();
  const broken = await openHosted(await openPlatform({ database, containerProgram: '/nowhere/at-all.js' }));
  const answer = await send(broken.endpoint, broken.token);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([503, 'application/problem+json']);
  expect((await broken.call('GET', '/containers')).list).toMatchObject([{ status: 'failed' }]);
  await broken.platform.close();

  const { endpoint, token, call, id } = await openHosted(await openPlatform({ database }));
  const { pid } = await told(await send(endpoint, token));
  expect((await call('DELETE', `/containers/${id}`)).status).toBe(204);
  expect(() => process.kill(pid, 0)).toThrow();
  expect((await send(endpoint, token)).status).toBe(401);
});

test('only the methods of MCP, and only this path', async () => {
  const { endpoint, token } = await openHosted();
  expect((await send(endpoint, token, { method: 'PUT' })).status).toBe(405);
  expect((await send(`${endpoint}/more`, token)).status).toBe(401);
});
