import { Client } from '@modelcontextprotocol/client';
import { expect, test } from 'vitest';
import { startLegacyServer } from '../../support/legacy-server.ts';
import { startEraServer } from '../../support/era-server.ts';
import { ordinaryServer, startScriptedServer, type ScriptedRequest } from '../../support/scripted-server.ts';
import { openSessionClient } from '../../support/session-client.ts';
import { sessionTransport } from '../../support/session-transport.ts';

const auto = { transport: 'auto' } as const;
const modern = {
  _meta: {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  },
};
const discovered = { resultType: 'complete', supportedVersions: ['2026-07-28'], capabilities: {} };

/** A server of the older era, as they refuse what they do not know. */
const older = (refuse: (request: ScriptedRequest) => void) =>
  ordinaryServer((request) => {
    const inSession = request.headers['mcp-session-id'] !== undefined;
    if (request.rpc.method === 'initialize' || (inSession && request.rpc.method !== 'tools/list'))
      return false;
    if (inSession) request.result({ tools: [] });
    else refuse(request);
    return true;
  });
const rpcError = (request: ScriptedRequest, status: number, code: number) =>
  request.status(
    status,
    JSON.stringify({
      jsonrpc: '2.0',
      id: status === 200 ? request.rpc.id : null,
      error: { code, message: 'Bad Request' },
    }),
    { 'content-type': 'application/json' },
  );

test.each<[string, (request: ScriptedRequest) => void]>([
  ['method not found', (r) => rpcError(r, 200, -32601)],
  ['no session', (r) => rpcError(r, 400, -32000)],
  ['a page', (r) => r.status(404, '<html>', { 'content-type': 'text/html' })],
  ['405', (r) => r.status(405)],
])(
  'a client of the newer era is served at a container that answers its probe with %s',
  async (_name, refuse) => {
    await using server = await startScriptedServer(older(refuse));
    const client = new Client({ name: 'newer', version: '1' }, { versionNegotiation: { mode: 'auto' } });
    await client.connect(sessionTransport(server.url));
    expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
    expect((await client.listTools()).tools).toEqual([]);
    await client.close();
    expect(server.seen().slice(0, 3)).toEqual([
      'POST server/discover',
      'POST initialize',
      'POST notifications/initialized',
    ]);
    expect(server.seen().at(-1)).toBe('DELETE');
  },
);

test('a client of the newer era is served over HTTP+SSE', async () => {
  await using server = await startLegacyServer();
  const client = new Client({ name: 'newer', version: '1' }, { versionNegotiation: { mode: 'auto' } });
  await client.connect(sessionTransport(server.url));
  expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
  await client.close();
});

test('a modern request reaches a container of the older era in a session only, and one question is enough for all', async () => {
  await using server = await startScriptedServer(older((request) => rpcError(request, 400, -32000)));
  await using client = openSessionClient(server.url, auto);
  const answers = await Promise.all(
    ['a', 'b', 'c'].map((id) => client.ask(id, 'tools/call', { ...modern, name: 'x' })),
  );
  for (const { result } of answers) expect(result).toMatchObject({ resultType: 'complete' });
  expect(server.seen().filter((each) => each.startsWith('POST'))).toEqual([
    'POST server/discover',
    'POST initialize',
    'POST notifications/initialized',
    ...Array<string>(3).fill('POST tools/call'),
  ]);
});

test('asks again where a container that was of the newer era refuses like one of the older', async () => {
  let renewed = false;
  await using server = await startScriptedServer((request) => {
    if (renewed) rpcError(request, 400, -32000);
    else request.result(request.rpc.method === 'server/discover' ? discovered : { resultType: 'complete' });
  });
  await using client = openSessionClient(server.url, auto);
  await client.ask(1, 'tools/list', modern);
  await client.ask(2, 'tools/list', modern);
  expect(server.count('POST server/discover')).toBe(1);
  renewed = true;
  expect((await client.ask(3, 'tools/list', modern)).error?.code).toBe(-32000);
  expect((await client.ask(4, 'tools/list', modern)).error?.code).toBe(-32000);
  renewed = false;
  // What the client asks itself counts at once.
  expect((await client.ask(5, 'server/discover', modern)).result).toEqual(discovered);
  expect((await client.ask(6, 'tools/list', modern)).result).toBeDefined();
  expect(server.seen()).toEqual([
    'POST server/discover',
    'POST tools/list',
    'POST tools/list',
    'POST tools/list',
    'POST server/discover',
    'POST initialize',
    'POST server/discover',
    'POST tools/list',
  ]);
});

test('a container that cannot say its era is given the request itself', async () => {
  await using server = await startScriptedServer((request) => {
    if (request.rpc.method === 'server/discover') request.status(500);
    else request.result({ resultType: 'complete' });
  });
  await using client = openSessionClient(server.url, auto);
  expect((await client.ask(1, 'tools/list', modern)).result).toBeDefined();
});

test('a container of both eras serves clients of both at once', async () => {
  await using server = await startEraServer('both');
  await using older = openSessionClient(server.url, auto);
  await using newer = openSessionClient(server.url, auto);
  await older.greet();
  const params = { name: 'echo', arguments: { text: 'x' } };
  expect((await older.ask(1, 'tools/call', params)).result).not.toHaveProperty('resultType');
  expect((await newer.ask(1, 'tools/call', { ...params, ...modern })).result).toHaveProperty('resultType');
});
