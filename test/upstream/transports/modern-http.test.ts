import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { takeEraTour } from '../../story/era-tour.ts';
import { startEraServer } from '../../support/era-server.ts';
import {
  startScriptedServer,
  type EventStream,
  type ScriptedRequest,
} from '../../support/scripted-server.ts';
import { openSessionClient } from '../../support/session-client.ts';
import { sessionTransport } from '../../support/session-transport.ts';

test.each(['newer', 'both'] as const)(
  'a client of 2026-07-28 meets a server of its kind as it does directly (it speaks %s)',
  { timeout: 30_000 },
  async (speaks) => {
    await using near = await startEraServer(speaks);
    await using far = await startEraServer(speaks);
    const wanted = await takeEraTour('newer', new StreamableHTTPClientTransport(near.url), near);
    const given = await takeEraTour('newer', sessionTransport(far.url), far);
    expect(given).toEqual(wanted);
    expect(wanted.version).toBe('2026-07-28');
    // The SDK tells of the end of a subscription besides ending its stream; over HTTP nobody needs to be told.
    expect(far.seen.toSorted()).toEqual(near.seen.filter((each) => each !== 'POST').toSorted());
  },
);

const meta = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
const modern = (params: Record<string, unknown> = {}) => ({ _meta: meta, ...params });

const discovered = {
  resultType: 'complete',
  supportedVersions: ['2026-07-28'],
  capabilities: { tools: {} },
  ttlMs: 0,
  cacheScope: 'private',
};

/** Answers everything as a server of the newer era, unless `special` does. */
const modernScript =
  (special: (request: ScriptedRequest) => boolean = () => false) =>
  (request: ScriptedRequest) => {
    if (special(request)) return;
    if (request.rpc.method === 'server/discover') request.result(discovered);
    else if (request.rpc.id === undefined) request.status(202);
    else request.result({ resultType: 'complete', called: request.rpc.method });
  };

const paramHeadersIn = ({ headers }: ScriptedRequest) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('mcp-param-')));

test('repeats of each request in headers what stands in its body, and nothing of a session', async () => {
  await using server = await startScriptedServer(
    modernScript((request) => {
      if (request.rpc.method !== 'tools/list') return false;
      request.result({ resultType: 'complete', tools: [] }, { 'mcp-session-id': 'never' });
      return true;
    }),
  );
  await using client = openSessionClient(server.url, { transport: 'auto' });
  await client.ask(1, 'server/discover', modern());
  await client.ask(2, 'tools/list', modern());
  await client.ask(3, 'tools/call', modern({ name: 'e\u0300\r\nx: y' }));
  await client.ask(4, 'resources/read', modern({ uri: 'file:///a b?c=%20' }));
  await client.ask(5, 'tasks/get', modern({ taskId: '=?base64?eA==?=' }));
  client.say({ jsonrpc: '2.0', method: 'notifications/own' });
  await client.until(() => server.requests.length === 6);
  await client.session.close();
  const of = (name: string) => server.requests.map(({ headers }) => headers[name]);
  expect(of('mcp-protocol-version')).toEqual(Array(6).fill('2026-07-28'));
  expect(of('mcp-method')).toEqual([
    'server/discover',
    'tools/list',
    'tools/call',
    'resources/read',
    'tasks/get',
    'notifications/own',
  ]);
  const base64 = (text: string) => `=?base64?${Buffer.from(text).toString('base64')}?=`;
  expect(of('mcp-name')).toEqual([
    undefined,
    undefined,
    base64('e\u0300\r\nx: y'),
    'file:///a b?c=%20',
    base64('=?base64?eA==?='),
    undefined,
  ]);
  expect(of('mcp-session-id')).toEqual(Array(6).fill(undefined));
  expect(server.seen().filter((what) => !what.startsWith('POST'))).toEqual([]);
});

test('forwards the bytes of both sides as they came', async () => {
  const answer =
    '{ "id":7.0,"result":{"big":12345678901234567890,"resultType":"complete"},"own":1, "jsonrpc":"2.0"}';
  await using server = await startScriptedServer(
    modernScript((request) => {
      if (request.rpc.method !== 'tools/call') return false;
      request.json(answer);
      return true;
    }),
  );
  await using client = openSessionClient(server.url, { transport: 'auto' });
  await client.ask(1, 'server/discover', modern());
  const asked = `{"method":"tools/call", "id" :7,"jsonrpc":"2.0","x":0.10,"params":{"name":"a","_meta":${JSON.stringify(meta)},"arguments":{"n":98765432109876543210}}}`;
  client.say(asked);
  await client.until(() => client.lines.includes(answer));
  expect(server.requests.at(-1)?.body).toBe(asked);
});

test.each([-32020, -32021, -32022])('delivers the error %i behind HTTP 400', async (code) => {
  const error = {
    code,
    message: 'no',
    data: { supported: ['2026-07-28'], requiredCapabilities: { sampling: {} } },
  };
  await using server = await startScriptedServer(
    modernScript((request) => {
      if (request.rpc.method !== 'prompts/get') return false;
      const body = JSON.stringify({ jsonrpc: '2.0', id: request.rpc.id, error });
      request.status(400, body, { 'content-type': 'application/json' });
      return true;
    }),
  );
  await using client = openSessionClient(server.url, { transport: 'auto' });
  expect((await client.ask('a', 'prompts/get', modern({ name: 'x' }))).error).toEqual(error);
  expect(server.count('POST prompts/get')).toBe(1);
});

test('ends the POST of a request that is cancelled, and tells the container nothing else', async () => {
  await using server = await startScriptedServer(
    modernScript((request) => {
      if (request.rpc.method !== 'tools/call') return false;
      request.stream().event({ jsonrpc: '2.0', method: 'notifications/message', params: {} });
      return true;
    }),
  );
  await using client = openSessionClient(server.url, { transport: 'auto' });
  await client.ask(1, 'server/discover', modern());
  client.say({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: modern({ name: 'slow' }) });
  await client.until(() => client.heardOf('notifications/message').length === 1);
  client.say({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 2 } });
  await client.until(() => server.requests.at(-1)?.aborted === true);
  expect(server.seen()).toEqual(['POST server/discover', 'POST tools/call']);
  expect(client.answersTo(2)).toEqual([]);
});

test('a subscription has no time limit, and its end is the container’s to say', async () => {
  let stream: EventStream | undefined;
  await using server = await startScriptedServer(
    modernScript((request) => {
      if (request.rpc.method !== 'subscriptions/listen') return false;
      stream = request.stream();
      stream.event({ jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params: {} });
      return true;
    }),
  );
  await using client = openSessionClient(server.url, { transport: 'auto', timeoutMs: 200 });
  client.say({
    jsonrpc: '2.0',
    id: 'l',
    method: 'subscriptions/listen',
    params: modern({ notifications: {} }),
  });
  await client.until(() => client.heardOf('notifications/subscriptions/acknowledged').length === 1);
  await sleep(400);
  expect(client.answersTo('l')).toEqual([]);
  stream?.event({ jsonrpc: '2.0', method: 'notifications/tools/list_changed', params: {} });
  stream?.event({ jsonrpc: '2.0', id: 'l', result: { resultType: 'complete' } });
  await client.until(() => client.answersTo('l').length === 1);
  expect(client.heardOf('notifications/tools/list_changed')).toHaveLength(1);
});

const routed = (header: string) => ({
  name: 'routed',
  inputSchema: { type: 'object', properties: { region: { type: 'string', 'x-mcp-header': header } } },
});

test('learns from tools/list what calls repeat in headers, and drops tools that no client may call', async () => {
  const page = `{"resultType":"complete", "tools": [ ${JSON.stringify(routed('Bad Name'))} , ${JSON.stringify(routed('Region'))},{"name":"plain" ,"inputSchema":{}} ] ,"nextCursor":"x"}`;
  await using server = await startScriptedServer(
    modernScript((request) => {
      if (request.rpc.method !== 'tools/list') return false;
      request.json(`{"jsonrpc":"2.0","id":${JSON.stringify(request.rpc.id)},"result":${page}}`);
      return true;
    }),
  );
  await using client = openSessionClient(server.url, { transport: 'auto' });
  await client.ask(1, 'tools/list', modern());
  expect(client.lines.at(-1)).toBe(
    `{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete", "tools": [ ${JSON.stringify(routed('Region'))},{"name":"plain" ,"inputSchema":{}} ] ,"nextCursor":"x"}}`,
  );
  await client.ask(2, 'tools/call', modern({ name: 'routed', arguments: { region: ' eu ' } }));
  await client.ask(3, 'tools/call', modern({ name: 'plain', arguments: { region: 'eu' } }));
  expect(server.requests.slice(-2).map(paramHeadersIn)).toEqual([
    { 'mcp-param-region': '=?base64?IGV1IA==?=' },
    {},
  ]);
});

test('a call that was refused for its headers is sent once more with those that the tools want now', async () => {
  await using server = await startScriptedServer(
    modernScript((request) => {
      if (request.rpc.method === 'tools/list') {
        const last = request.rpc.params?.['cursor'] === 'next';
        request.result({
          resultType: 'complete',
          tools: last ? [routed('Region')] : [],
          ...(!last && { nextCursor: 'next' }),
        });
        return true;
      }
      if (request.rpc.method !== 'tools/call' || request.headers['mcp-param-region'] === 'eu') return false;
      const error = { code: -32020, message: 'mismatch' };
      request.status(400, JSON.stringify({ jsonrpc: '2.0', id: request.rpc.id, error }), {
        'content-type': 'application/json',
      });
      return true;
    }),
  );
  await using client = openSessionClient(server.url, { transport: 'auto' });
  const call = modern({ name: 'routed', arguments: { region: 'eu' } });
  expect((await client.ask(1, 'tools/call', call)).result).toMatchObject({ called: 'tools/call' });
  expect(server.seen()).toEqual([
    'POST server/discover',
    'POST tools/call',
    'POST tools/list',
    'POST tools/list',
    'POST tools/call',
  ]);
  expect(client.lines).toHaveLength(1);
  // What no header mends is the client's to hear.
  const hopeless = modern({ name: 'routed', arguments: {} });
  expect((await client.ask(2, 'tools/call', hopeless)).error?.code).toBe(-32020);
  expect(server.count('POST tools/call')).toBe(3);
});

test('does not take up a broken stream again, which this era cannot', async () => {
  await using server = await startScriptedServer(
    modernScript((request) => {
      if (request.rpc.method !== 'tools/call') return false;
      const stream = request.stream();
      stream.event({ jsonrpc: '2.0', method: 'notifications/message', params: {} }, { id: 'e1' });
      stream.end();
      return true;
    }),
  );
  await using client = openSessionClient(server.url, { transport: 'auto' });
  const answer = await client.ask(1, 'tools/call', modern({ name: 'x' }));
  expect(answer.error?.data?.code).toBe('connection_lost');
  expect(server.seen()).toEqual(['POST server/discover', 'POST tools/call']);
});

test('a client that ends is not held up by what it listens to', async () => {
  await using server = await startScriptedServer(
    modernScript((request) => {
      if (request.rpc.method !== 'subscriptions/listen') return false;
      request.stream().event({ jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged' });
      return true;
    }),
  );
  await using client = openSessionClient(server.url, { transport: 'auto' });
  const seq = client.say({
    jsonrpc: '2.0',
    id: 'l',
    method: 'subscriptions/listen',
    params: modern({ notifications: {} }),
  });
  await client.until(() => client.heardOf('notifications/subscriptions/acknowledged').length === 1);
  client.session.ended();
  expect(client.finished.at(-1)).toMatchObject({ method: 'subscriptions/listen', outcome: 'cancelled' });
  await client.until(() => server.requests.at(-1)?.aborted === true);
  expect(client.answersTo('l')).toEqual([]);
  expect(client.settled).toContain(seq);
});

test.each(['7', '-1', '0.5', '12345678901234567890', '"a"', '"\\u00e9"', '""'])(
  'answers the id %s with itself',
  async (id) => {
    await using server = await startScriptedServer((request) => {
      const spelled = /"id":((?:"(?:[^"\\]|\\.)*"|[^,"]+)),/.exec(request.body)?.[1] ?? '';
      request.json(`{"jsonrpc":"2.0","id":${spelled},"result":{"resultType":"complete"}}`);
    });
    await using client = openSessionClient(server.url, { transport: 'auto' });
    const params = JSON.stringify(modern());
    client.say(`{"jsonrpc":"2.0","id":${id},"method":"server/discover","params":${params}}`);
    await client.until(() => client.lines.length === 1);
    expect(client.lines[0]).toBe(`{"jsonrpc":"2.0","id":${id},"result":{"resultType":"complete"}}`);
    expect(client.finished[0]?.outcome).toBe('ok');
  },
);

test('refuses batches, and carries methods and members that nobody knows', async () => {
  await using server = await startScriptedServer(modernScript());
  await using client = openSessionClient(server.url, { transport: 'auto' });
  const answer = await client.ask(1, 'own/method', modern({ own: { deep: [1] } }));
  expect(answer.result).toMatchObject({ called: 'own/method' });
  client.say([{ jsonrpc: '2.0', id: 2, method: 'tools/list', params: modern() }]);
  await client.until(() => client.lines.length === 2);
  expect(client.heard[1]).toMatchObject({ id: null, error: { code: -32600 } });
  expect(server.seen()).toEqual(['POST server/discover', 'POST own/method']);
});
