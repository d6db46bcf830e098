import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { FairleadError } from '../../shared/errors.ts';
import { ordinaryServer, type ScriptedRequest } from '../support/scripted-server.ts';
import { openSleepingContainer, type SleepingContainer } from '../support/sleeping-container.ts';

const call = { name: 'add_note' };
const calls = ({ server }: SleepingContainer) => server.count('POST tools/call');

test('a request to a sleeping container has it started, once for all, and leaves when it runs', async () => {
  const container = await openSleepingContainer(ordinaryServer());
  await using one = container.client();
  await using other = container.client();
  const greeted = Promise.all([one.greet(), other.greet()]);
  await one.until(() => container.starts() === 1);
  container.becomes('starting');
  await sleep(50);
  expect(container.server.requests).toEqual([]);
  container.becomes('running');
  await greeted;
  expect((await one.ask('c', 'tools/call', call)).result).toEqual({ called: 'tools/call', params: call });
  expect(container.starts()).toBe(1);
});

test('tells of the start while a request waits, and of the container’s progress only what is more', async () => {
  const container = await openSleepingContainer(
    ordinaryServer((request) => {
      if (request.rpc.method !== 'tools/call') return false;
      const stream = request.stream();
      for (const progress of [0, 0.0005, 1, 2]) {
        stream.event({
          jsonrpc: '2.0',
          method: 'notifications/progress',
          params: { progressToken: 7, progress, total: 2 },
        });
      }
      stream.event({ jsonrpc: '2.0', id: request.rpc.id, result: {} });
      stream.end();
      return true;
    }),
  );
  await using client = await container.begun();
  const told = () => client.heardOf('notifications/progress').map(({ params }) => params);
  const asked = client.ask('c', 'tools/call', { ...call, _meta: { progressToken: 7 } });
  await client.until(() => told().length === 2);
  expect(told()).toEqual([
    { progressToken: 7, progress: 0, message: 'Starting notes …' },
    { progressToken: 7, progress: 0.001, message: 'Starting notes … 1 s' },
  ]);
  expect(calls(container)).toBe(0);
  container.becomes('running');
  expect((await asked).result).toEqual({});
  expect(told().slice(2)).toEqual([
    { progressToken: 7, progress: 1, total: 2 },
    { progressToken: 7, progress: 2, total: 2 },
  ]);
  expect(calls(container)).toBe(1);

  // Of a request that has not waited nothing is kept back, whatever its token.
  await client.ask('c2', 'tools/call', { ...call, _meta: { progressToken: 7 } });
  expect(told().slice(4)).toHaveLength(4);
});

test('what is told of a start is a sign of life', async () => {
  const container = await openSleepingContainer(ordinaryServer());
  await using client = await container.begun(1_500);
  const asked = client.ask('c', 'tools/call', { ...call, _meta: { progressToken: 'p' } });
  await client.until(() => client.heardOf('notifications/progress').length === 4);
  container.becomes('running');
  expect((await asked).result).toBeDefined();
});

test('says in words that a container does not start in time, and tries again with the next request', async () => {
  const container = await openSleepingContainer(ordinaryServer(), { limitMs: 300 });
  await using client = await container.begun();
  const { error } = await client.ask('late', 'tools/call', call);
  expect(error?.message).toContain('The container notes did not start within 0.3 s.');
  expect(error?.message).toContain('fairlead platform start notes');
  expect(error?.data?.code).toBe('container_asleep');
  expect(calls(container)).toBe(0);
  const again = client.ask('again', 'tools/call', call);
  await client.until(() => container.starts() === 2);
  container.becomes('running');
  expect((await again).result).toBeDefined();
});

test('says in words that a container cannot be started, but not for what happened earlier', async () => {
  const container = await openSleepingContainer(ordinaryServer());
  await using client = await container.begun();
  container.becomes('failed');
  const asked = client.ask('c', 'tools/call', call);
  await client.until(() => container.starts() === 1);
  // The platform says of it again what it said before.
  container.becomes('failed');
  await sleep(50);
  expect(client.answersTo('c')).toEqual([]);
  container.becomes('starting');
  container.becomes('failed');
  const { error } = await asked;
  expect(error?.message).toMatch(/^The container notes could not be started\./);
  expect(error?.data?.code).toBe('container_failed');
  expect(calls(container)).toBe(0);
});

test('waits for one that stops, and has it started then', async () => {
  const container = await openSleepingContainer(ordinaryServer());
  await using client = await container.begun();
  container.becomes('stopping');
  const asked = client.ask('c', 'tools/call', call);
  await sleep(50);
  expect(container.starts()).toBe(0);
  container.becomes('sleeping');
  expect(container.starts()).toBe(1);
  container.becomes('starting');
  // The platform itself was started anew meanwhile.
  container.becomes('sleeping');
  expect(container.starts()).toBe(2);
  container.becomes('running');
  expect((await asked).result).toBeDefined();
});

test('a request that is cancelled while it waits never leaves, nor what cancels it', async () => {
  const container = await openSleepingContainer(ordinaryServer());
  await using client = await container.begun();
  client.say({
    jsonrpc: '2.0',
    id: 'c',
    method: 'tools/call',
    params: { ...call, _meta: { progressToken: 1 } },
  });
  await client.until(() => container.starts() === 1);
  client.say({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'c' } });
  const other = client.ask('c2', 'tools/call', call);
  container.becomes('running');
  await other;
  expect(calls(container)).toBe(1);
  expect(container.server.count('POST notifications/cancelled')).toBe(0);
  expect(client.answersTo('c')).toEqual([]);
});

test('sends where nobody can say or be asked: the gateway wakes it then', async () => {
  const away = { start: () => Promise.reject(new FairleadError('connect_failed', 'The platform is away.')) };
  const container = await openSleepingContainer(ordinaryServer(), away);
  await using client = await container.begun();
  expect((await client.ask('c', 'tools/call', call)).result).toBeDefined();
  container.becomes(undefined);
  expect((await client.ask('c2', 'tools/call', call)).result).toBeDefined();
  container.becomes('sleeping');
  const waits = client.ask('c3', 'tools/list');
  container.becomes(undefined);
  expect((await waits).result).toBeDefined();
});

test('a refusal of a container that went to sleep meanwhile is told in words, and the call not sent again', async () => {
  const container = await openSleepingContainer(
    ordinaryServer((request) => {
      if (request.rpc.method !== 'tools/call') return false;
      container.becomes(request.rpc.id === 'failed' ? 'failed' : 'sleeping');
      request.status(503, '', { 'retry-after': '1' });
      return true;
    }),
  );
  await using client = await container.begun();
  for (const [id, code] of [
    ['asleep', 'container_asleep'],
    ['failed', 'container_failed'],
  ] as const) {
    container.becomes('running');
    const { error } = await client.ask(id, 'tools/call', call);
    expect(error?.data?.code).toBe(code);
    expect(error?.message).toContain('fairlead platform start notes');
  }
  expect(calls(container)).toBe(2);
});

test('what the client only tells is sent as it is, and has nothing started', async () => {
  const container = await openSleepingContainer(ordinaryServer());
  await using client = await container.begun();
  client.say({ jsonrpc: '2.0', method: 'notifications/roots/list_changed' });
  await client.until(() => container.server.count('POST notifications/roots/list_changed') === 1);
  expect(container.starts()).toBe(0);
});

test('a listening stream that ended with a container’s sleep is opened again when it runs, in its new session', async () => {
  const streams: { request: ScriptedRequest; end: () => void }[] = [];
  let lost = false;
  const container = await openSleepingContainer(
    ordinaryServer((request) => {
      const isOld = request.headers['mcp-session-id'] === 's1';
      if (lost && isOld) request.status(404);
      else if (request.method === 'GET') streams.push({ request, ...request.stream() });
      else return false;
      return true;
    }),
  );
  await using client = await container.begun();
  expect(streams).toHaveLength(1);
  lost = true;
  streams[0]?.end();
  await sleep(2_500);
  expect(container.server.count('GET')).toBe(1);
  expect(container.starts()).toBe(0);

  const asked = client.ask('c', 'tools/call', call);
  await client.until(() => container.starts() === 1);
  container.becomes('running');
  expect((await asked).result).toBeDefined();
  expect(calls(container)).toBe(2);
  expect(container.server.count('POST initialize')).toBe(2);
  expect(streams.map(({ request }) => request.headers['mcp-session-id'])).toEqual(['s1', 's2']);
});
