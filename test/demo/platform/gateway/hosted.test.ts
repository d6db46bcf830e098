import { expect, test } from 'vitest';
import { gatewayEndpoint } from '../../../../shared/platform-api.ts';
import { openCaller, openEvents, type Caller } from '../calling.ts';
import { borrowDatabase } from '../database.ts';
import { hostedPids, initialize, openHosted, openSession } from '../hosted.ts';
import { createProver, maya, noor, openPlatform, signIn, tokenHash } from '../running.ts';

/** Way A with the container program itself. */

test('a call wakes a sleeping container, once however many come, and it is told by events', async () => {
  const { platform, endpoint, token, tokens, call, id, pids } = await openHosted();
  const events = await openEvents(platform.issuer, tokens.access_token, '0');
  expect(await events.next()).toMatchObject({ event: 'container.created', data: { status: 'sleeping' } });
  const answers = await Promise.all(Array.from({ length: 8 }, () => initialize({ endpoint, token })));
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
  expect(pids()).toHaveLength(1);
  expect([await events.next(), await events.next()]).toMatchObject([
    { event: 'container.updated', data: { id, status: 'starting' } },
    { event: 'container.updated', data: { id, status: 'running' } },
  ]);

  expect(await call('POST', `/containers/${id}/stop`)).toMatchObject({ status: 202 });
  expect([await events.next(), await events.next()]).toMatchObject([
    { data: { status: 'stopping' } },
    { data: { status: 'sleeping' } },
  ]);
  expect(pids()).toEqual([]);
  expect(await call('POST', `/containers/${id}/start`)).toMatchObject({ status: 202 });
  expect([await events.next(), await events.next()]).toMatchObject([
    { data: { status: 'starting' } },
    { data: { status: 'running' } },
  ]);
});

test('a call reaches the tool with the user whom the platform knows, whoever the client says it is', async () => {
  const hosted = await openHosted();
  const session = await openSession(hosted);
  const forged = {
    'x-platform-user': 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ1c2VyX25vb3IifQ.',
    ...{ 'x-user-id': noor.id, 'x-forwarded-user': noor.id, 'x-platform-user-id': noor.id },
  };
  for (const headers of [{}, forged]) {
    const answer = await session.call('whoami', {}, headers);
    expect(answer).toMatch(/^200 /);
    expect(answer).toContain(`"user_id":"${maya.id}"`);
    expect(answer).not.toContain(noor.id);
  }
});

test('what a container was told is there after its sleep, and its sessions are not', async () => {
  const hosted = await openHosted();
  const before = await openSession(hosted);
  expect(await before.call('add_note', { title: 'Kept', text: 'in its folder' })).toMatch(/^200 /);
  await hosted.call('POST', `/containers/${hosted.id}/stop`);
  await expect.poll(hosted.status, { timeout: 40_000 }).toBe('sleeping');
  expect(await before.call('list_notes')).toMatch(/^404 /);
  expect(await (await openSession(hosted)).call('list_notes')).toContain('Kept');
});

test('refuses what is not a token of the owner’s for this container, and says where to get one', async () => {
  const { platform, endpoint, token, tokens, tokenFor, call, pids } = await openHosted();
  const theirs = await openCaller(platform, noor);
  const otherId = await platform.host({ userId: maya.id, name: 'other' });
  const narrow = await tokenFor(endpoint, { scope: 'mcp:resources' });
  const another = await tokenFor(gatewayEndpoint(platform.issuer, otherId));
  const enter = (shown: string) => initialize({ endpoint, token: shown });
  const [head = '', body = ''] = token.split('.');
  const none = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url');
  for (const wrong of ['nonsense', tokens.access_token, another, `${none}.${body}.`, `${head}.${body}.x`]) {
    const answer = await enter(wrong);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
  }
  expect((await enter(narrow)).status).toBe(403);
  await expect(theirs.tokenFor(endpoint)).rejects.toThrow('invalid_target');
  const apiToken = async (from: Pick<Caller, 'call'>, scope: string) =>
    String((await from.call('POST', '/tokens', { name: 'program', scopes: [scope] })).body['token']);
  expect((await enter(await apiToken(theirs, 'mcp:tools'))).status).toBe(403);
  expect((await enter(await apiToken({ call }, 'data:read'))).status).toBe(403);

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
  expect([...pids(), ...hostedPids(otherId)]).toEqual([]);
});

test('an API token with mcp:tools enters its user’s container until it is revoked', async () => {
  const { endpoint, call } = await openHosted();
  const { body } = await call('POST', '/tokens', { name: 'program', scopes: ['mcp:tools'] });
  const place = { endpoint, token: String(body['token']) };
  expect(await (await openSession(place)).call('whoami')).toContain(`"user_id":"${maya.id}"`);
  await call('DELETE', `/tokens/${String(body['id'])}`);
  expect((await initialize(place)).status).toBe(401);
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
  const withProof = () => initialize({ endpoint, token }, { authorization: `DPoP ${token}`, dpop: proof });
  expect((await withProof()).status).toBe(200);
  expect((await withProof()).status).toBe(401);
  expect((await initialize({ endpoint, token })).status).toBe(401);
});

test('one that does not start is told, and one that is removed ends', async () => {
  const database = await borrowDatabase();
  const broken = await openHosted(await openPlatform({ database, containerProgram: '/nowhere/at-all.js' }));
  const answer = await initialize(broken);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([503, 'application/problem+json']);
  expect(await broken.status()).toBe('failed');
  await broken.platform.close();

  const hosted = await openHosted(await openPlatform({ database }));
  expect((await initialize(hosted)).status).toBe(200);
  expect(hosted.pids()).toHaveLength(1);
  expect((await hosted.call('DELETE', `/containers/${hosted.id}`)).status).toBe(204);
  expect(hosted.pids()).toEqual([]);
  expect((await initialize(hosted)).status).toBe(401);
});

test('only the methods of MCP, and only this path', async () => {
  const { endpoint, token } = await openHosted();
  const headers = { authorization: `Bearer ${token}` };
  expect((await fetch(endpoint, { method: 'PUT', headers })).status).toBe(405);
  expect((await fetch(`${endpoint}/more`, { headers })).status).toBe(401);
});
