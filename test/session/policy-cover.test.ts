import { expect, test } from 'vitest';
import { createAnswerMemory } from '../../electron/session/known-answers.ts';
import { coverSignIn } from '../../electron/session/sign-in-cover.ts';
import { container } from '../../shared/container.ts';
import { trafficPaused } from '../../electron/session/refusals.ts';
import { startEraServer } from '../support/era-server.ts';
import { openGoverned } from '../support/governed-client.ts';
import { claims } from '../support/newer-client.ts';
import { ordinaryServer, startScriptedServer } from '../support/scripted-server.ts';
import type { SessionClient } from '../support/session-client.ts';

const tools = [{ name: 'read_note' }, { name: 'delete_note' }, { name: 'delete_all' }];
const namesIn = ({ result }: { result?: Readonly<Record<string, unknown>> }) =>
  (result?.['tools'] as { name: string }[]).map(({ name }) => name);
const listed = async (client: SessionClient, id: string, params?: unknown) =>
  namesIn(await client.ask(id, 'tools/list', params));

const startServer = () =>
  startScriptedServer(
    ordinaryServer((request) => {
      if (request.rpc.method !== 'tools/list') return false;
      request.result({ tools });
      return true;
    }),
  );

test('a tool that is switched off is in no list, and every other byte of the list is as it came', async () => {
  const answer = (id: unknown) =>
    `{ "x":1.0, "result" : {"_meta":{"é":[ ]}, "tools":[ {"name":"delete_all", "n":1e2} , {"name" : "read_note","big":12345678901234567890},{"name":"d\\u0065lete_note"} ] ,"ttlMs":5},\t"jsonrpc":"2.0","id":${JSON.stringify(id)}}`;
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (request.rpc.method !== 'tools/list') return false;
      if (request.rpc.params?.['cursor'] === undefined) request.json(answer(request.rpc.id));
      else {
        const stream = request.stream();
        stream.event(answer(request.rpc.id));
        stream.end();
      }
      return true;
    }),
  );
  const governed = openGoverned(server.url, { tools: [{ deny: 'delete_*' }] });
  await using client = governed.client();
  await client.greet();
  for (const [id, params] of [
    ['whole', {}],
    ['streamed page', { cursor: '2' }],
  ] as const) {
    await client.ask(id, 'tools/list', params);
    const left = answer(id)
      .replace('{"name":"delete_all", "n":1e2} , ', '')
      .replace(',{"name":"d\\u0065lete_note"}', '');
    expect(client.lines.at(-1)).toBe(left);
  }
});

test('a call of it is refused in words, without a word to the container, and is no problem of that', async () => {
  await using server = await startServer();
  await using client = openGoverned(server.url, { tools: [{ deny: 'delete_*' }] }).client();
  await client.greet();
  const { error } = await client.ask(1, 'tools/call', { name: 'delete_note' });
  expect(error).toMatchObject({ code: -32000, data: { code: 'tool_denied' } });
  expect(error?.message).toContain('fairlead allow notes');
  expect(server.count('POST tools/call')).toBe(0);
  expect(client.finished.at(-1)).toMatchObject({
    outcome: 'denied',
    error: 'tool_denied',
    problem: undefined,
  });
  expect((await client.ask(2, 'tools/call', { name: 'read_note' })).result).toBeDefined();
});

test('one without a name is as much off as the others, and a list that failed stays as it is', async () => {
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (request.rpc.method !== 'tools/list') return false;
      const error = { code: -1, message: 'no', data: { tools } };
      if (request.rpc.params?.['cursor'] === undefined) request.result({ tools: [{ title: 'x' }, 7] });
      else request.json({ jsonrpc: '2.0', id: request.rpc.id, error });
      return true;
    }),
  );
  await using client = openGoverned(server.url, { tools: [{ deny: '*' }] }).client();
  await client.greet();
  expect((await client.ask(1, 'tools/list')).result).toEqual({ tools: [] });
  expect((await client.ask(2, 'tools/list', { cursor: 'x' })).error).toMatchObject({ data: { tools } });
  expect((await client.ask(3, 'tools/call', {})).error?.data?.code).toBe('tool_denied');
});

test('clients that run are told of a change, and what they ask from then on is by the new rules', async () => {
  await using server = await startServer();
  const governed = openGoverned(server.url);
  await using client = governed.client();
  await client.greet();
  expect(await listed(client, 'all')).toEqual(['read_note', 'delete_note', 'delete_all']);
  governed.decide({ tools: [{ deny: 'delete_*' }] });
  await client.until(() => client.heardOf('notifications/tools/list_changed').length === 1);
  expect(await listed(client, 'fewer')).toEqual(['read_note']);
  governed.decide({ tools: [{ deny: 'delete_*' }] });
  governed.decide({});
  expect(client.heardOf('notifications/tools/list_changed')).toHaveLength(2);
  expect((await client.ask('call', 'tools/call', { name: 'delete_all' })).result).toBeDefined();
});

test.each(['older', 'newer'] as const)(
  'a client of the newer era that listens is told, too, at a container of the %s',
  async (speaks) => {
    await using server = await startEraServer(speaks);
    const governed = openGoverned(server.url, { tools: [{ deny: 'echo' }] });
    await using client = governed.client({ transport: 'auto' });
    const asked = { _meta: claims() };
    const listen = (id: string, notifications: object) =>
      client.say({ jsonrpc: '2.0', id, method: 'subscriptions/listen', params: { ...asked, notifications } });
    listen('tools', { toolsListChanged: true });
    listen('prompts', { promptsListChanged: true });
    const acknowledged = 'notifications/subscriptions/acknowledged';
    await client.until(() => client.heardOf(acknowledged).length === 2, 'the acknowledgement');
    expect(await listed(client, '1', asked)).not.toContain('echo');
    const call = (id: string) =>
      client.ask(id, 'tools/call', { ...asked, name: 'echo', arguments: { text: 'x' } });
    expect((await call('2')).error?.data?.code).toBe('tool_denied');

    governed.decide({});
    const told = client.heardOf('notifications/tools/list_changed');
    expect(told).toMatchObject([
      { params: { _meta: { 'io.modelcontextprotocol/subscriptionId': 'tools' } } },
    ]);
    expect(await listed(client, '3', asked)).toContain('echo');
    expect((await call('4')).result).toBeDefined();
  },
);

test('a program has rules of its own; what it asks waits until it is known which one it is', async () => {
  await using server = await startServer();
  const governed = openGoverned(server.url, { programs: { Cursor: [{ deny: 'delete_all' }] } });
  let recognise: (name: string) => void = () => undefined;
  const program = new Promise<{ name: string }>((resolve) => {
    recognise = (name) => resolve({ name });
  });
  await using slow = governed.client({ program });
  await using other = governed.client({ program: Promise.resolve({ name: 'zed' }) });
  await using unknown = governed.client();
  slow.say({ jsonrpc: '2.0', id: 'early', method: 'ping' });
  for (const each of [other, unknown]) {
    await each.greet();
    expect(await listed(each, 'l')).toEqual(['read_note', 'delete_note', 'delete_all']);
  }
  expect(slow.answersTo('early')).toEqual([]);
  recognise('cursor');
  await slow.greet();
  expect(await listed(slow, 'l')).toEqual(['read_note', 'delete_note']);

  governed.decide({ programs: { cursor: [{ deny: 'delete_all' }], zed: [{ deny: '*' }] } });
  await other.until(() => other.heardOf('notifications/tools/list_changed').length === 1);
  expect(slow.heardOf('notifications/tools/list_changed')).toEqual([]);
  expect(await listed(other, 'none')).toEqual([]);
});

test('what is known of a container while nobody is signed in to it is by the rules as they are now', async () => {
  await using server = await startServer();
  const governed = openGoverned(server.url, { tools: [{ deny: 'delete_all' }] });
  const notes = container.parse({ name: 'notes', url: server.url.href, auth: { method: 'none' } });
  const known = createAnswerMemory().of(notes);
  const through = (stage: 'signed_in' | 'waiting') => ({
    through: (upstream: Parameters<typeof coverSignIn>[0]['upstream']) =>
      coverSignIn({ upstream, signIn: { stage, onChange: () => () => undefined }, known, name: 'notes' }),
  });
  await using first = governed.client(through('signed_in'));
  await first.greet();
  expect(await listed(first, 'l')).toEqual(['read_note', 'delete_note']);
  governed.decide({ tools: [{ deny: 'delete_note' }] });
  await using second = governed.client(through('waiting'));
  await second.greet();
  expect(await listed(second, 'l')).toEqual(['read_note', 'delete_all']);
  expect(server.count('POST tools/list')).toBe(1);
});

test('while all traffic is paused, what is asked is refused in words, and nothing reaches the container', async () => {
  let release: () => void = () => undefined;
  await using server = await startScriptedServer(
    ordinaryServer((request) => {
      if (request.rpc.method !== 'tools/call') return false;
      release = () => request.result({});
      return true;
    }),
  );
  const governed = openGoverned(server.url);
  await using client = governed.client();
  await client.greet();
  client.say({ jsonrpc: '2.0', id: 'running', method: 'tools/call', params: { name: 'x' } });
  await client.until(() => server.count('POST tools/call') === 1);
  const since = Date.now();
  const until = since + 1_500;
  governed.registry.setPaused({ by: 'command', since, until });
  client.session.interrupt(trafficPaused({ by: 'command', since, until }));
  await client.until(() => client.answersTo('running').length === 1);
  await client.until(() => server.count('POST notifications/cancelled') === 1);
  release();
  client.say({ jsonrpc: '2.0', method: 'notifications/roots/list_changed' });
  for (const method of ['tools/call', 'tools/list', 'resources/read']) {
    const { error } = await client.ask(method, method, { name: 'x' });
    expect(error?.data?.code).toBe('paused');
    expect(error?.message).toContain(`with \`fairlead pause\` at ${new Date(since).toISOString()}, until `);
  }
  expect((await client.ask('alive', 'ping')).result).toEqual({});
  expect(server.seen().filter((each) => /tools|resources|ping|roots/.test(each))).toEqual([
    'POST tools/call',
  ]);
  expect(client.answersTo('running')).toMatchObject([{ error: { data: { code: 'paused' } } }]);
  expect(client.finished.every(({ problem }) => problem === undefined)).toBe(true);

  await client.until(() => client.heardOf('notifications/tools/list_changed').length === 1);
  expect((await client.ask('again', 'tools/list')).result).toBeDefined();
});
