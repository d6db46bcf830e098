import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ordinaryServer, type EventStream } from '../support/scripted-server.ts';
import type { SessionClient } from '../support/session-client.ts';
import { newerScript } from '../support/sign-in-setting.ts';
import { openSleepingContainer } from '../support/sleeping-container.ts';

const modern = (params: object = {}) => ({
  ...params,
  _meta: {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  },
});
const call = { name: 'add_note' };
const listen = {
  jsonrpc: '2.0',
  id: 'l',
  method: 'subscriptions/listen',
  params: modern({ notifications: { toolsListChanged: true } }),
};
const acknowledged = (client: SessionClient) =>
  client.heardOf('notifications/subscriptions/acknowledged').length;

/** Longer than the pause after which what has ended is begun again. */
const longerThanAPause = 1_500;

async function openNewer() {
  const listening: EventStream[] = [];
  const container = await openSleepingContainer(newerScript(listening, []));
  return { container, listening };
}

test.each(['breaks', 'ends'])(
  'a client of the newer era goes on listening behind a sleep at which its stream %s',
  async (how) => {
    const { container, listening } = await openNewer();
    await using client = container.client();
    client.say(listen);
    await client.until(() => acknowledged(client) === 1);
    expect(container.server.requests).toEqual([]);
    const discovering = client.ask('d', 'server/discover', modern());
    await client.until(() => container.starts() === 1);
    container.becomes('running');
    expect((await discovering).result).toBeDefined();
    await client.until(() => listening.length === 1);

    container.becomes('sleeping');
    if (how === 'breaks') listening[0]?.reset();
    else {
      listening[0]?.event({ jsonrpc: '2.0', id: 'l', result: {} });
      listening[0]?.end();
    }
    await sleep(longerThanAPause);
    expect([listening.length, container.starts(), client.answersTo('l').length]).toEqual([1, 1, 0]);
    const asked = client.ask('c', 'tools/call', modern(call));
    await client.until(() => container.starts() === 2);
    container.becomes('running');
    expect((await asked).result).toBeDefined();
    await client.until(() => listening.length === 2);
    listening[1]?.event({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
    await client.until(() => client.heardOf('notifications/tools/list_changed').length === 1);
    expect(acknowledged(client)).toBe(1);
    expect(container.server.count('POST tools/call')).toBe(1);

    // One that runs and ends it, means it.
    listening[1]?.event({ jsonrpc: '2.0', id: 'l', result: {} });
    await client.until(() => client.answersTo('l').length === 1);
  },
);

test('who listens no more while the container sleeps is not listened for', async () => {
  const { container, listening } = await openNewer();
  await using client = container.client();
  client.say(listen);
  await client.until(() => acknowledged(client) === 1);
  client.say({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'l' } });
  container.becomes('running');
  expect((await client.ask('t', 'tools/list', modern())).result).toBeDefined();
  expect(listening).toEqual([]);
});

test('for a client that does not know how, a container of the newer era is listened to again when it runs', async () => {
  const { container, listening } = await openNewer();
  await using client = await container.begun();
  await client.until(() => listening.length === 1);
  listening[0]?.end();
  await sleep(longerThanAPause);
  expect(listening).toHaveLength(1);
  const asked = client.ask('c', 'tools/call', call);
  await client.until(() => container.starts() === 1);
  container.becomes('running');
  expect((await asked).result).toBeDefined();
  await client.until(() => listening.length === 2);
});

test('a client of the newer era calls on in a session that a container of the older one lost in its sleep', async () => {
  let lost = false;
  const container = await openSleepingContainer(
    ordinaryServer((request) => {
      if (!lost || request.headers['mcp-session-id'] !== 's1') return false;
      request.status(404);
      return true;
    }),
  );
  container.becomes('running');
  await using client = container.client();
  expect((await client.ask('c1', 'tools/call', modern(call))).result).toBeDefined();
  lost = true;
  container.becomes('sleeping');
  const asked = client.ask('c2', 'tools/call', modern(call));
  await client.until(() => container.starts() === 1);
  container.becomes('running');
  expect((await asked).result).toMatchObject({ called: 'tools/call' });
  const sessions = container.server.requests
    .filter(({ rpc }) => rpc.method === 'tools/call')
    .map(({ headers }) => headers['mcp-session-id']);
  expect(sessions).toEqual(['s1', 's1', 's2']);
});
