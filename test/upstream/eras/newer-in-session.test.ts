import { expect, test } from 'vitest';
import { able, answerTo, begin, claims, params, question } from '../../support/newer-client.ts';
import { startOlderContainer, type OlderContainer } from '../../support/older-container.ts';
import { openSessionClient } from '../../support/session-client.ts';

const client = (container: OlderContainer) => openSessionClient(container.server.url, { transport: 'auto' });

test('progress is told under the token of the round that is under way', async () => {
  await using container = await startOlderContainer();
  await using from = client(container);
  const progress = (value: number) => ({
    jsonrpc: '2.0',
    method: 'notifications/progress',
    params: { progressToken: 'one', progress: value, own: 'kept' },
  });
  const call = await begin(container, from, [1, { _meta: claims({ progressToken: 'one' }) }]);
  call.stream.event(progress(1));
  call.stream.event(question('a', 'roots/list'));
  const { result } = await answerTo(from, 1);
  // Nobody waits for it now.
  call.stream.event(progress(2));
  const round = params(
    { requestState: result?.['requestState'], inputResponses: { 'question-1': { roots: [] } } },
    { progressToken: 2 },
  );
  from.say({ jsonrpc: '2.0', id: 2, method: 'tools/call', params: round });
  await from.until(() => container.said(undefined).length === 1, 'the answer');
  call.stream.event(progress(3));
  call.stream.event({ jsonrpc: '2.0', id: call.id, result: {} });
  await answerTo(from, 2);
  expect(from.heardOf('notifications/progress').map((each) => each.params)).toEqual([
    { progressToken: 'one', progress: 1, own: 'kept' },
    { progress: 3, own: 'kept', progressToken: 2 },
  ]);
});

test('log messages come for requests that ask for them', async () => {
  await using container = await startOlderContainer();
  await using from = client(container);
  const log = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x' } };
  const silent = await begin(container, from, [1]);
  silent.stream.event(log);
  const level = { _meta: claims({ 'io.modelcontextprotocol/logLevel': 'debug' }) };
  const loud = await begin(container, from, [2, level]);
  expect(container.said('logging/setLevel').map((each) => each['params'])).toEqual([{ level: 'debug' }]);
  silent.stream.event(log);
  loud.stream.event(log);
  loud.stream.event({ jsonrpc: '2.0', id: loud.id, result: {} });
  await answerTo(from, 2);
  expect(from.heardOf('notifications/message')).toHaveLength(1);
});

test('a container hears what the client can do, anew where that differs', async () => {
  await using container = await startOlderContainer();
  await using from = client(container);
  await from.ask(1, 'tools/list', { _meta: claims({}, {}) });
  await from.ask(2, 'tools/list', { _meta: claims() });
  await from.ask(3, 'tools/list', { _meta: claims({}, {}) });
  expect(container.said('initialize').map((each) => each['params'])).toEqual([
    { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'newer', version: '1' } },
    { protocolVersion: '2025-11-25', capabilities: able, clientInfo: { name: 'newer', version: '1' } },
  ]);
  expect(container.said('tools/list').map((each) => each['params'])).toEqual([{}, {}, {}]);
});

test('listens for what the container tells of, and no longer than somebody does', async () => {
  await using container = await startOlderContainer((request) => {
    const refused = JSON.stringify(request.rpc.params ?? {}).includes('note://none');
    if (request.rpc.method !== 'resources/subscribe' || !refused) return false;
    request.json({ jsonrpc: '2.0', id: request.rpc.id, error: { code: -32002, message: 'None.' } });
    return true;
  });
  await using from = client(container);
  const listen = (id: number, uris: string[]) =>
    from.say({
      jsonrpc: '2.0',
      id,
      method: 'subscriptions/listen',
      params: {
        _meta: claims(),
        notifications: { toolsListChanged: true, promptsListChanged: true, resourceSubscriptions: uris },
      },
    });
  const acknowledged = () => from.heardOf('notifications/subscriptions/acknowledged');
  const stop = (requestId: number) =>
    from.say({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } });
  listen(1, ['note://1', 'note://none']);
  await from.until(() => acknowledged().length === 1, 'the acknowledgement');
  listen(2, ['note://1']);
  await from.until(() => acknowledged().length === 2, 'the acknowledgement');
  for (const { params: told } of acknowledged())
    expect(told?.['notifications']).toEqual({ toolsListChanged: true, resourceSubscriptions: ['note://1'] });
  expect(container.said('resources/subscribe').map((each) => each['params'])).toEqual([
    { uri: 'note://1' },
    { uri: 'note://none' },
  ]);
  const updated = 'notifications/resources/updated';
  container.streams[0]?.event({ jsonrpc: '2.0', method: updated, params: { uri: 'note://1' } });
  await from.until(() => from.heardOf(updated).length === 2, 'the update');
  stop(1);
  await from.ask(3, 'tools/list', { _meta: claims() });
  expect(container.said('resources/unsubscribe')).toEqual([]);
  stop(2);
  await from.until(() => container.said('resources/unsubscribe').length === 1, 'the end');
});

test('a session that is lost is begun anew, with what was listened for and logged', async () => {
  let lost = false;
  await using container = await startOlderContainer((request) => {
    if (!lost || request.rpc.method !== 'tools/list') return false;
    lost = false;
    request.status(404);
    return true;
  });
  await using from = client(container);
  const logged = { _meta: claims({ 'io.modelcontextprotocol/logLevel': 'info' }) };
  await from.ask(1, 'tools/list', logged);
  from.say({
    jsonrpc: '2.0',
    id: 2,
    method: 'subscriptions/listen',
    params: { _meta: claims(), notifications: { resourceSubscriptions: ['note://1'] } },
  });
  await from.until(() => container.said('resources/subscribe').length === 1, 'the subscription');
  lost = true;
  expect((await from.ask(3, 'tools/list', logged)).result).toBeDefined();
  const count = (method: string) => container.said(method).length;
  expect([count('initialize'), count('logging/setLevel'), count('resources/subscribe')]).toEqual([2, 2, 2]);
});
