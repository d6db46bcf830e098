import { Client } from '@modelcontextprotocol/client';
import { expect, test } from 'vitest';
import { startEraServer } from '../../support/era-server.ts';
import { startScriptedServer } from '../../support/scripted-server.ts';
import { greeting, initialized, openSessionClient } from '../../support/session-client.ts';
import { sessionTransport } from '../../support/session-transport.ts';

const auto = { transport: 'auto' } as const;

test('a container of the newer era that misses its headers before it looks at the method is one, too', async () => {
  await using server = await startScriptedServer((request) => {
    const complete = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
    if (request.headers['mcp-method'] === undefined) {
      const error = { code: -32020, message: 'no' };
      request.status(400, JSON.stringify({ jsonrpc: '2.0', id: request.rpc.id ?? null, error }), {
        'content-type': 'application/json',
      });
    } else if (request.rpc.method === 'server/discover')
      request.result({ ...complete, supportedVersions: ['2026-07-28'], capabilities: { tools: {} } });
    else request.result({ ...complete, tools: [] });
  });
  const client = olderClient();
  await client.connect(sessionTransport(server.url));
  expect((await client.listTools()).tools).toEqual([]);
  await client.close();
  expect(server.seen().slice(0, 3)).toEqual(['POST initialize', 'POST server/discover', 'POST tools/list']);
});

function olderClient() {
  const client = new Client(
    { name: 'older', version: '1' },
    { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: 'legacy' } },
  );
  return client;
}

test.each([-32601, -32602, -32600])(
  'a container of the newer era that knows `initialize` as no method of its own is one, too (%i)',
  async (code) => {
    await using server = await startScriptedServer((request) => {
      const complete = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
      if (request.rpc.method === 'initialize')
        request.json({ jsonrpc: '2.0', id: request.rpc.id, error: { code, message: 'no' } });
      else if (request.rpc.method === 'server/discover')
        request.result({ ...complete, supportedVersions: ['2026-07-28'], capabilities: { tools: {} } });
      else request.result({ ...complete, tools: [] });
    });
    const client = olderClient();
    await client.connect(sessionTransport(server.url));
    expect((await client.listTools()).tools).toEqual([]);
    await client.close();
  },
);

test('an error of a container of the older era to `initialize` is the client’s to hear', async () => {
  await using server = await startScriptedServer((request) => {
    request.json({ jsonrpc: '2.0', id: request.rpc.id, error: { code: -32602, message: 'Not so.' } });
  });
  await using client = openSessionClient(server.url, auto);
  client.say(greeting);
  await client.until(() => client.answersTo('g').length === 1);
  expect(client.answersTo('g')[0]?.error).toEqual({ code: -32602, message: 'Not so.' });
  expect(server.seen()).toEqual(['POST initialize', 'POST server/discover']);
});

test('asks a client of the older era what a container of the newer wants to know, and goes on with its answer', async () => {
  await using server = await startEraServer('newer');
  const client = olderClient();
  client.setRequestHandler('elicitation/create', ({ params }) => {
    expect(params.message).toBe('Who is there?');
    return { action: 'accept', content: { name: 'Ada' } };
  });
  await client.connect(sessionTransport(server.url));
  const result = await client.callTool({ name: 'ask', arguments: {} });
  expect(result).toEqual({ content: [{ type: 'text', text: 'Hello, Ada' }] });
  await client.close();
});

test('a question that the client answers with an error ends the request with that error', async () => {
  await using server = await startEraServer('newer');
  const client = olderClient();
  client.setRequestHandler('elicitation/create', () => {
    throw new Error('Nobody is there.');
  });
  await client.connect(sessionTransport(server.url));
  await expect(client.callTool({ name: 'ask', arguments: {} })).rejects.toThrow('Nobody is there.');
  await client.close();
});

test('takes back a question whose request was cancelled', async () => {
  await using server = await startEraServer('newer');
  await using client = openSessionClient(server.url, auto);
  client.say({
    ...greeting,
    params: { ...greeting.params, capabilities: { elicitation: { form: {} } } },
  });
  await client.until(() => client.answersTo('g').length === 1);
  client.say(initialized);
  client.say({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'ask', arguments: {} } });
  await client.until(() => client.heardOf('elicitation/create').length === 1);
  client.say({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
  await client.until(() => client.heardOf('notifications/cancelled').length === 1);
  const [question] = client.heardOf('elicitation/create');
  expect(client.heardOf('notifications/cancelled')[0]?.params?.['requestId']).toBe(question?.id);
  expect(client.answersTo(1)).toEqual([]);
});

test('tells a client of the older era of changes, without its asking', async () => {
  await using server = await startEraServer('newer');
  await using client = openSessionClient(server.url, auto);
  await client.greet();
  server.toolsChanged();
  await client.until(() => client.heardOf('notifications/tools/list_changed').length === 1);
  expect(client.heardOf('notifications/subscriptions/acknowledged')).toEqual([]);

  expect((await client.ask(1, 'resources/subscribe', { uri: 'note://1' })).result).toEqual({});
  server.noteChanged('note://1');
  await client.until(() => client.heardOf('notifications/resources/updated').length === 1);
  expect((await client.ask(2, 'resources/unsubscribe', { uri: 'note://1' })).result).toEqual({});
  server.noteChanged('note://1');
  server.toolsChanged();
  await client.until(() => client.heardOf('notifications/tools/list_changed').length === 2);
  expect(client.heardOf('notifications/resources/updated')).toHaveLength(1);
});

test('a new core goes on where the old one was', async () => {
  await using server = await startEraServer('newer');
  await using client = openSessionClient(server.url, auto);
  client.replay(greeting);
  client.replay(initialized);
  client.replay({ jsonrpc: '2.0', id: 's', method: 'resources/subscribe', params: { uri: 'note://1' } });
  const params = { name: 'echo', arguments: { text: 'x' } };
  expect((await client.ask(1, 'tools/call', params)).result).toEqual({
    content: [{ type: 'text', text: 'x' }],
  });
  await client.until(() => server.seen.filter((each) => each === 'POST subscriptions/listen').length === 2);
  await expect
    .poll(() => {
      server.noteChanged('note://1');
      return client.heardOf('notifications/resources/updated').length;
    })
    .toBeGreaterThan(0);
  expect(client.lines.some((line) => line.includes('protocolVersion'))).toBe(false);
});

test('a new core goes on at a container that knows `initialize` as no method of its own', async () => {
  await using server = await startScriptedServer((request) => {
    const complete = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
    if (request.rpc.method === 'initialize')
      request.json({ jsonrpc: '2.0', id: request.rpc.id, error: { code: -32601, message: 'no' } });
    else if (request.rpc.method === 'server/discover')
      request.result({ ...complete, supportedVersions: ['2026-07-28'], capabilities: { tools: {} } });
    else request.result({ ...complete, tools: [] });
  });
  await using client = openSessionClient(server.url, auto);
  client.replay(greeting);
  client.replay(initialized);
  expect((await client.ask(1, 'tools/list')).result).toEqual({ tools: [] });
});

test('says of the client in each request what it said of itself once', async () => {
  await using server = await startScriptedServer((request) => {
    const { rpc } = request;
    if (request.headers['mcp-method'] === undefined) request.status(404);
    else if (rpc.method === 'server/discover')
      request.result({ resultType: 'complete', supportedVersions: ['2026-07-28'], capabilities: {} });
    else request.result({ resultType: 'complete', ttlMs: 1, cacheScope: 'private', own: 1 });
  });
  await using client = openSessionClient(server.url, auto);
  await client.greet();
  await client.ask(1, 'logging/setLevel', { level: 'debug' });
  const answer = await client.ask('b', 'tools/list', { cursor: 'c', _meta: { progressToken: 7 } });
  expect(answer.result).toEqual({ own: 1 });
  const { rpc, headers } = server.requests.at(-1) ?? {};
  expect(rpc).toEqual({
    jsonrpc: '2.0',
    id: 'b',
    method: 'tools/list',
    params: {
      cursor: 'c',
      _meta: {
        progressToken: 7,
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': greeting.params.clientInfo,
        'io.modelcontextprotocol/clientCapabilities': {},
        'io.modelcontextprotocol/logLevel': 'debug',
      },
    },
  });
  expect(headers).toMatchObject({ 'mcp-method': 'tools/list', 'mcp-protocol-version': '2026-07-28' });
});
