import { expect, test } from 'vitest';
import { FairleadError } from '../../shared/errors.ts';
import { startEraServer } from '../support/era-server.ts';
import { startLegacyServer } from '../support/legacy-server.ts';
import { ordinaryServer, startScriptedServer, type ScriptedRequest } from '../support/scripted-server.ts';
import { openSessionClient, type SessionClient } from '../support/session-client.ts';

const stagesOf = ({ stages }: SessionClient, tool: string) =>
  stages.filter((each) => each.tool === tool).map(({ stage }) => stage);

test('a request has left before its answer begins, and that before it is whole', async () => {
  const held: ScriptedRequest[] = [];
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (request.rpc.method !== 'tools/call') return false;
      held.push(request);
      return true;
    }),
  );
  await using client = openSessionClient(server.url);
  await client.greet();
  const answer = client.ask(1, 'tools/call', { name: 'add' });
  await client.until(() => held.length === 1);
  expect(stagesOf(client, 'add')).toEqual(['connecting', 'connected']);
  const events = held[0]?.stream();
  await client.until(() => stagesOf(client, 'add').length === 3, 'the first byte');
  expect(stagesOf(client, 'add')).toEqual(['connecting', 'connected', 'first_byte']);
  expect(client.finished.filter(({ tool }) => tool === 'add')).toEqual([]);
  events?.event({ jsonrpc: '2.0', id: 1, result: {} });
  await answer;
  expect(client.finished.at(-1)).toMatchObject({ tool: 'add', outcome: 'ok' });
});

test('what never leaves gets no further than to connect', async () => {
  const server = await startScriptedServer(ordinaryServer());
  await server[Symbol.asyncDispose]();
  await using client = openSessionClient(server.url);
  await client.ask(1, 'tools/call', { name: 'add' });
  // It may be tried again.
  expect(new Set(stagesOf(client, 'add'))).toEqual(new Set(['connecting']));
  expect(client.finished).toMatchObject([{ tool: 'add', outcome: 'lost' }]);
});

test('what ends with its session is no problem of the container', async () => {
  await using server = await startScriptedServer(ordinaryServer(({ rpc }) => rpc.method === 'tools/call'));
  await using client = openSessionClient(server.url);
  await client.greet();
  const answer = client.ask(1, 'tools/call', { name: 'add' });
  await client.until(() => server.count('POST tools/call') === 1);
  await client.session.close(new FairleadError('connection_lost', 'Its settings were changed.'));
  expect((await answer).error?.data?.code).toBe('connection_lost');
  expect(client.finished.at(-1)).toMatchObject({ outcome: 'lost', error: 'connection_lost' });
  expect(client.finished.at(-1)?.problem).toBeUndefined();
});

test('over HTTP+SSE it is seen that a request leaves', async () => {
  await using server = await startLegacyServer();
  await using client = openSessionClient(server.url, { transport: 'sse' });
  await client.greet();
  await client.ask(1, 'tools/call', { name: 'echo' });
  expect(stagesOf(client, 'echo')).toEqual(['connecting', 'connected']);
});

test('a client of the older protocol is told of its request at a container of the newer one', async () => {
  await using server = await startEraServer('newer');
  await using client = openSessionClient(server.url);
  await client.greet();
  await client.ask(1, 'tools/call', { name: 'echo', arguments: { text: 'hi' } });
  expect(stagesOf(client, 'echo')).toEqual(['connecting', 'connected', 'first_byte']);
});
