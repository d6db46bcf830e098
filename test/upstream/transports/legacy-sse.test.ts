import { expect, test } from 'vitest';
import { startLegacyServer } from '../../support/legacy-server.ts';
import type { EventStream } from '../../support/scripted-server.ts';
import { greeting, initialized, openSessionClient } from '../../support/session-client.ts';

const sse = { transport: 'sse' } as const;

test('sends where the container says, and hears the answers on its one stream', async () => {
  await using server = await startLegacyServer();
  await using client = openSessionClient(server.url, sse);
  await client.greet();
  expect((await client.ask(1, 'tools/call', { n: 1 })).result).toEqual({
    called: 'tools/call',
    params: { n: 1 },
  });
  expect(server.requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'GET /mcp',
    'POST /messages?session=1',
    'POST /messages?session=1',
    'POST /messages?session=1',
  ]);
  expect(server.requests[2]?.headers['mcp-session-id']).toBeUndefined();
});

test('ends its stream with the session', async () => {
  await using server = await startLegacyServer();
  await using client = openSessionClient(server.url, sse);
  await client.greet();
  expect(server.streams.size).toBe(1);
  await client.session.close();
  await client.until(() => server.streams.size === 0);
});

test('sends nothing to another server that the container names', async () => {
  await using other = await startLegacyServer();
  await using server = await startLegacyServer(
    undefined,
    () => new URL('/messages?session=1', other.url).href,
  );
  await using client = openSessionClient(server.url, sse);
  client.say(greeting);
  await client.until(() => client.answersTo('g').length === 1);
  expect(client.answersTo('g')[0]?.error?.data?.code).toBe('protocol_violation');
  expect(other.requests).toEqual([]);
  await client.until(() => server.streams.size === 0);
});

test('carries questions of the container and their answers', async () => {
  await using server = await startLegacyServer((request, stream) => {
    if (request.rpc.method === 'tools/call') {
      request.status(202);
      stream.event({ jsonrpc: '2.0', id: 1, method: 'roots/list' });
    } else if (request.rpc.result !== undefined) {
      request.status(202);
      stream.event({ jsonrpc: '2.0', id: 1, result: { heard: request.rpc.result } });
    } else return false;
    return true;
  });
  await using client = openSessionClient(server.url, sse);
  await client.greet();
  client.say({ jsonrpc: '2.0', id: 1, method: 'tools/call' });
  await client.until(() => client.heardOf('roots/list').length === 1);
  client.say({ jsonrpc: '2.0', id: 1, result: { roots: [] } });
  await client.until(() => client.answersTo(1).length === 1);
  expect(client.answersTo(1)[0]?.result).toEqual({ heard: { roots: [] } });
});

test('an answer that comes before its POST was accepted is still one answer', async () => {
  await using server = await startLegacyServer((request, stream) => {
    if (request.rpc.method !== 'tools/call') return false;
    stream.event({ jsonrpc: '2.0', id: request.rpc.id, result: { early: true } });
    setTimeout(() => request.status(500), 50);
    return true;
  });
  await using client = openSessionClient(server.url, sse);
  await client.greet();
  expect((await client.ask(1, 'tools/call')).result).toEqual({ early: true });
  await client.ask(2, 'tools/list');
  expect(client.answersTo(1)).toHaveLength(1);
});

test('fails what is in flight when the stream is lost, and begins anew with the next call', async () => {
  let streamOf: EventStream | undefined;
  await using server = await startLegacyServer((request, stream) => {
    if (request.rpc.method !== 'tools/call' || request.rpc.id === 'next') return false;
    streamOf = stream;
    request.status(202);
    return true;
  });
  await using client = openSessionClient(server.url, sse);
  await client.greet();
  await client.ask('l', 'logging/setLevel', { level: 'debug' });
  client.say({ jsonrpc: '2.0', id: 1, method: 'tools/call' });
  client.say({ jsonrpc: '2.0', id: '1', method: 'tools/call' });
  await client.until(() => server.count('POST tools/call') === 2);
  streamOf?.reset();
  await client.until(() => client.answersTo(1).length === 1 && client.answersTo('1').length === 1);
  expect(client.answersTo(1)[0]?.error?.data?.code).toBe('connection_lost');
  const before = server.requests.length;
  expect((await client.ask('next', 'tools/call')).result).toBeDefined();
  expect(server.requests.slice(before).map(({ what }) => what)).toEqual([
    'GET',
    'POST initialize',
    'POST notifications/initialized',
    'POST logging/setLevel',
    'POST tools/call',
  ]);
  expect(client.answersTo('g')).toHaveLength(1);
  expect(client.answersTo('l')).toHaveLength(1);
});

test('a call that the container refuses with 404 goes to a session begun anew', async () => {
  let refused = 0;
  await using server = await startLegacyServer((request) => {
    if (request.rpc.method !== 'tools/call' || !request.path.endsWith('=1')) return false;
    refused += 1;
    request.status(404);
    return true;
  });
  await using client = openSessionClient(server.url, sse);
  await client.greet();
  expect((await client.ask(1, 'tools/call')).result).toBeDefined();
  expect(refused).toBe(1);
  expect(server.count('POST initialize')).toBe(2);
});

test('a renewal serves all the calls that wait for it', async () => {
  await using server = await startLegacyServer();
  await using client = openSessionClient(server.url, sse);
  await client.greet();
  for (const stream of server.streams.values()) stream.end();
  await client.until(() => server.streams.size === 0);
  await new Promise((resolve) => setTimeout(resolve, 50));
  for (let id = 1; id <= 20; id += 1) client.say({ jsonrpc: '2.0', id, method: 'tools/call' });
  await client.until(() =>
    Array.from({ length: 20 }, (_, n) => n + 1).every((id) => client.answersTo(id).length > 0),
  );
  for (let id = 1; id <= 20; id += 1)
    expect(client.answersTo(id).map((each) => each.error)).toEqual([undefined]);
  expect(server.count('POST initialize')).toBe(2);
});

test('writes nothing for a cancelled call', async () => {
  await using server = await startLegacyServer((request, stream) => {
    if (request.rpc.method === 'tools/call') request.status(202);
    else if (request.rpc.method === 'notifications/cancelled') {
      request.status(202);
      stream.event({ jsonrpc: '2.0', id: 1, result: {} });
    } else return false;
    return true;
  });
  await using client = openSessionClient(server.url, sse);
  await client.greet();
  client.say({ jsonrpc: '2.0', id: 1, method: 'tools/call' });
  await client.until(() => server.count('POST tools/call') === 1);
  client.say({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
  await client.ask(2, 'tools/list');
  expect(client.answersTo(1)).toEqual([]);
});

test('a new core begins the session anew from what is replayed, whatever transport that turns out to need', async () => {
  await using server = await startLegacyServer();
  await using client = openSessionClient(server.url, { transport: 'auto' });
  client.replay(greeting);
  client.replay(initialized);
  client.replay({ jsonrpc: '2.0', id: 3, method: 'resources/subscribe', params: { uri: 'a:1' } });
  expect((await client.ask(9, 'tools/call')).result).toBeDefined();
  expect(server.seen()).toEqual([
    'POST initialize',
    'GET',
    'POST initialize',
    'POST notifications/initialized',
    'POST resources/subscribe',
    'POST tools/call',
  ]);
  expect(client.heard).toHaveLength(1);
});
