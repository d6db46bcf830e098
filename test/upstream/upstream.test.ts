import { expect, test } from 'vitest';
import { startLegacyServer } from '../support/legacy-server.ts';
import { ordinaryServer, startScriptedServer } from '../support/scripted-server.ts';
import { greeting, initialized, openSessionClient } from '../support/session-client.ts';

const auto = { transport: 'auto' } as const;

test('finds Streamable HTTP with the first message, without another one', async () => {
  await using server = await startScriptedServer(ordinaryServer());
  await using client = openSessionClient(server.url, auto);
  client.say(greeting);
  client.say(initialized);
  client.say({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
  await client.until(() => client.answersTo(1).length === 1);
  expect(server.seen()).toEqual([
    'POST initialize',
    'POST notifications/initialized',
    'GET',
    'POST tools/list',
  ]);
  expect(client.upstream.transport).toBe('http');
});

test.each([400, 404, 405])(
  'finds HTTP+SSE behind HTTP %i, and remembers it for the next client',
  async (status) => {
    await using legacy = await startLegacyServer();
    let posts = 0;
    await using server = await startScriptedServer((request) => {
      if (request.method === 'GET') {
        request.stream().event(`/messages?session=1`, { type: 'endpoint' });
        return;
      }
      posts += 1;
      request.status(status, '<html>', { 'content-type': 'text/html' });
    });
    await using strict = openSessionClient(server.url, auto);
    strict.say(greeting);
    await strict.until(() => strict.upstream.transport === 'sse');
    expect(posts).toBeGreaterThan(0);

    await using client = openSessionClient(legacy.url, auto);
    await client.greet();
    await client.ask(1, 'tools/list');
    expect(client.upstream.transport).toBe('sse');
    expect(legacy.requests.filter(({ path, method }) => path === '/mcp' && method === 'POST')).toHaveLength(
      1,
    );
  },
);

test('a JSON-RPC error behind 400 is the container’s answer, not a reason to look for another transport', async () => {
  await using server = await startScriptedServer((request) => {
    const error = { code: -32000, message: 'Unsupported protocol version' };
    request.status(400, JSON.stringify({ jsonrpc: '2.0', id: null, error }), {
      'content-type': 'application/json',
    });
  });
  await using client = openSessionClient(server.url, auto);
  client.say(greeting);
  await client.until(() => client.answersTo('g').length === 1);
  expect(client.answersTo('g')[0]?.error?.message).toBe('Unsupported protocol version');
  // Of its era it is asked; nothing is tried by GET.
  expect(server.seen()).toEqual(['POST initialize', 'POST server/discover']);
});

test('where neither transport works, says what the newer one was refused with', async () => {
  await using server = await startScriptedServer((request) =>
    request.status(404, '<html>', { 'content-type': 'text/html' }),
  );
  await using client = openSessionClient(server.url, auto);
  client.say(greeting);
  await client.until(() => client.answersTo('g').length === 1);
  expect(client.answersTo('g')[0]?.error?.data?.code).toBe('http_refused');
  expect(server.seen()).toEqual(['POST initialize', 'GET', 'POST server/discover']);
});

test('tries again with the next message when the container could not be asked', async () => {
  const first = await startScriptedServer(ordinaryServer());
  await first.close();
  await using client = openSessionClient(first.url, auto);
  client.say(greeting);
  await client.until(() => client.answersTo('g').length === 1);
  expect(client.answersTo('g')[0]?.error?.data?.code).toBe('connect_failed');
  await using second = await startScriptedServer(ordinaryServer(), first.port);
  expect((await client.ask('again', 'initialize', greeting.params)).result).toBeDefined();
  expect(second.count('POST initialize')).toBe(1);
});

test('a call that asks its client something is answered, also where a new core does not know the transport yet', async () => {
  let finish: () => void = () => undefined;
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      const { id, method } = request.rpc;
      if (method === 'tools/call') {
        const stream = request.stream();
        stream.event({ jsonrpc: '2.0', id: 'q', method: 'roots/list' });
        finish = () => {
          stream.event({ jsonrpc: '2.0', id, result: {} });
          stream.end();
        };
        return true;
      }
      if (method !== undefined || id !== 'q') return false;
      finish();
      request.status(202);
      return true;
    }),
  );
  await using client = openSessionClient(server.url, auto);
  client.replay(greeting);
  client.say({ jsonrpc: '2.0', id: 1, method: 'tools/call' });
  await client.until(() => client.heardOf('roots/list').length === 1);
  expect((await client.ask(2, 'ping')).result).toBeDefined();
  client.say({ jsonrpc: '2.0', id: 'q', result: { roots: [] } });
  await client.until(() => client.answersTo(1).length === 1);
  expect(server.count('POST initialize')).toBe(1);
});

test('a first call that is cancelled before the transport is known ends all the same', async () => {
  await using server = await startScriptedServer(
    ordinaryServer((request) => request.rpc.method === 'tools/call'),
  );
  await using client = openSessionClient(server.url, auto);
  client.say({ jsonrpc: '2.0', id: 1, method: 'tools/call' });
  await client.until(() => server.count('POST tools/call') === 1);
  client.say({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
  await client.until(() => server.requests[0]?.aborted === true);
  expect((await client.ask(2, 'tools/list')).result).toBeDefined();
});
