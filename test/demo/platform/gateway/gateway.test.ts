import { request as httpRequest, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { expect, test } from 'vitest';
import { doubleProgram, openHosted as openAny, type HostedContainer } from '../hosted.ts';
import { maya, openPlatform } from '../running.ts';

/** What the gateway does with what comes, by a container that tells, and misbehaves when asked to. */

interface Told {
  readonly pid: number;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly size: number;
  readonly opened: number;
  readonly flooded: number;
}

const openHosted = async (): Promise<HostedContainer> =>
  openAny(await openPlatform({ containerProgram: doubleProgram }));

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

test('a stream flows as it comes, and ends at the container when its reader goes', async () => {
  const { endpoint, token } = await openHosted();
  const controller = new AbortController();
  // Listening wakes nothing.
  await told(await send(endpoint, token));
  const stream = await fetch(endpoint, {
    headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' },
    signal: controller.signal,
  });
  const { value } = await stream.body!.pipeThrough(new TextDecoderStream()).getReader().read();
  expect(value).toBe('id: 1\ndata: first\n\n');
  const opened = async () => (await told(await send(endpoint, token))).opened;
  expect(await opened()).toBe(1);
  controller.abort();
  await expect.poll(opened, { timeout: 40_000 }).toBe(0);
});

test('a reader that does not read stops the container’s writing, not the gateway’s memory', async () => {
  const { endpoint, token } = await openHosted();
  await told(await send(endpoint, token));
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
      { timeout: 40_000, interval: 300 },
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
    .poll(async () => (await call('GET', '/containers')).list, { timeout: 40_000 })
    .toMatchObject([{ id, status: 'failed' }]);
  expect((await told(await send(endpoint, token))).pid).not.toBe(pid);
});
