import { Client, type ClientOptions } from '@modelcontextprotocol/client';
import { expect, test, vi } from 'vitest';
import type { SessionClient } from '../support/session-client.ts';
import { newerList, openSetting, tools, type Setting } from '../support/sign-in-setting.ts';

const modern = (params: object = {}, capabilities: object = {}) => ({
  ...params,
  _meta: {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': capabilities,
  },
});
const subscriptionId = 'io.modelcontextprotocol/subscriptionId';
const wanted = { toolsListChanged: true, resourceSubscriptions: ['note://1'] };
const call = { name: 'add_note', arguments: { text: 'Grüße' } };

/** A container that said what it is before the person signed out again. */
async function openKnown(options: { newerAlone?: true; listed?: false } = {}): Promise<Setting> {
  const { listed = true, ...kind } = options;
  const setting = await openSetting({ newerAlone: true, ...kind });
  await using client = setting.client();
  await client.ask('unknown', 'server/discover', modern());
  await setting.signIn();
  await client.ask('discover', 'server/discover', modern());
  if (listed) await client.ask('list', 'tools/list', modern());
  await setting.rig.broker.signOut(setting.owner);
  return setting;
}

const listens = (client: SessionClient, id: string | number) =>
  client.say({
    jsonrpc: '2.0',
    id,
    method: 'subscriptions/listen',
    params: modern({ notifications: wanted }),
  });
const acknowledged = (client: SessionClient) =>
  client.heardOf('notifications/subscriptions/acknowledged').map(({ params }) => params);
const changes = (client: SessionClient) =>
  client.heardOf('notifications/tools/list_changed').map(({ params }) => params);

test('gives a client what is known, and tells it where it listens that there is more', async () => {
  const setting = await openKnown();
  await using client = setting.client();
  expect((await client.ask('d', 'server/discover', modern())).result).toMatchObject({
    supportedVersions: ['2026-07-28'],
  });
  const around = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
  expect((await client.ask('t', 'tools/list', modern())).result).toEqual({ tools, ...around });
  expect((await client.ask('p', 'prompts/list', modern())).result).toEqual({ prompts: [], ...around });
  listens(client, 7);
  const acknowledgement = { _meta: { [subscriptionId]: 7 }, notifications: wanted };
  await client.until(() => acknowledged(client).length > 0);
  expect(acknowledged(client)).toEqual([acknowledgement]);
  const waits = client.ask('c', 'tools/call', modern(call));
  expect(setting.listening).toEqual([]);

  await setting.signIn();
  await client.until(() => changes(client).length > 0);
  expect(changes(client)).toEqual([{ _meta: { [subscriptionId]: 7 } }]);
  expect((await waits).result ?? (await client.ask('c2', 'tools/call', modern(call))).result).toMatchObject({
    content: [{ text: 'done' }],
  });
  expect(acknowledged(client)).toEqual([acknowledgement]);

  // From here on it is the container that tells.
  setting.listening[0]?.event({
    jsonrpc: '2.0',
    method: 'notifications/tools/list_changed',
    params: { _meta: { [subscriptionId]: 7, own: true } },
  });
  await client.until(() => changes(client).length === 2);
  expect(changes(client)[1]).toEqual({ _meta: { [subscriptionId]: 7, own: true } });
  expect(client.answersTo(7)).toEqual([]);
  // They have signed out themselves: no tab was opened since.
  expect(setting.rig.opened()).toHaveLength(1);
});

test('answers a client that begins with a list, though nothing is known', async () => {
  const setting = await openSetting({ newerAlone: true });
  await using client = setting.client();
  expect((await client.ask('t', 'tools/list', modern())).result).toEqual({
    resultType: 'complete',
    tools: [],
    ttlMs: 0,
    cacheScope: 'private',
  });
  await setting.signIn();
  // Who listens only now has still been told less than there is.
  listens(client, 'late');
  await client.until(() => changes(client).length > 0);
  expect(changes(client)).toEqual([{ _meta: { [subscriptionId]: 'late' } }]);
  expect((await client.ask('all', 'tools/list', modern())).result).toEqual(newerList);
});

test('hands what one era has listed to clients of the other, in the words of theirs', async () => {
  const setting = await openKnown();
  await using older = setting.client();
  await older.greet();
  expect((await older.ask('t', 'tools/list')).result).toEqual({ tools });
  expect((await older.ask('next', 'tools/list', { cursor: 'x' })).result).toEqual({ tools: [] });
});

test('listens again where the container is out of reach, and passes on that it will not', async () => {
  const setting = await openKnown();
  setting.refusals.push(
    (request) => request.status(500),
    (request) =>
      request.json({ jsonrpc: '2.0', id: request.rpc.id, error: { code: -32601, message: 'Not here' } }),
  );
  await using client = setting.client();
  listens(client, 'l');
  await client.until(() => acknowledged(client).length > 0);
  await setting.signIn();
  await client.until(() => client.answersTo('l').length > 0);
  expect(client.answersTo('l')[0]?.error?.code).toBe(-32601);
  expect(client.heard.slice(-2).map(({ method }) => method)).toEqual([
    'notifications/tools/list_changed',
    undefined,
  ]);
  expect(setting.refusals).toEqual([]);
});

test('listens to nothing for a client that has given up before anybody signed in', async () => {
  const setting = await openKnown();
  await using client = setting.client();
  listens(client, 'l');
  await client.until(() => acknowledged(client).length > 0);
  client.say({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'l' } });
  await setting.signIn();
  expect((await client.ask('t', 'tools/list', modern())).result).toMatchObject({ tools });
  expect(setting.listening).toEqual([]);
  expect(changes(client)).toEqual([]);
});

const showing = { elicitation: { url: {} } };

interface Asked {
  readonly resultType: string;
  readonly requestState: string;
  readonly inputRequests?: Record<string, { method: string; params: Record<string, string> }>;
}

test('asks a client that can show links for the sign-in, and for no more than that', async () => {
  const setting = await openKnown();
  await using client = setting.client();
  const earlier = { requestState: 'of the container', inputResponses: { name: { action: 'accept' } } };
  const ask = async (id: string, more: object) =>
    (await client.ask(id, 'tools/call', modern({ ...call, ...more }, showing))) as { result?: unknown };
  const first = (await ask('c1', earlier)).result as Asked;
  expect(first.resultType).toBe('input_required');
  const [[key, question] = ['', undefined]] = Object.entries(first.inputRequests ?? {});
  expect(question).toEqual({
    method: 'elicitation/create',
    params: { mode: 'url', message: 'Sign in to go on.', url: setting.rig.broker.pending()[0]?.url },
  });

  const { requestState } = first;
  const went = { requestState, inputResponses: { [key]: { action: 'accept' } } };
  // They are there already: the client is only to ask again.
  const second = (await ask('c2', went)).result as Asked;
  expect(second).toEqual({ resultType: 'input_required', requestState: expect.any(String) as string });
  const declined = { requestState, inputResponses: { [key]: { action: 'decline' } } };
  expect(await ask('c3', declined)).toMatchObject({ error: { data: { code: 'sign_in_needed' } } });
  const forged = { requestState: `${requestState.slice(0, 30)}x` };
  expect(await ask('c4', forged)).toMatchObject({ error: { code: -32600 } });

  await setting.signIn();
  expect(await ask('c5', { requestState: second.requestState })).toMatchObject({
    result: { content: [{ text: 'done' }] },
  });
  const admitted = setting.server.requests.filter(({ what }) => what === 'POST tools/call').at(-1);
  expect(admitted?.rpc.params).toEqual(modern({ ...call, ...earlier }, showing));
  expect(setting.server.requests.map(({ body }) => body).join()).not.toContain('fairlead-sign-in');
});

const sdkClient = (options: ClientOptions, changed: () => void) =>
  new Client(
    { name: 'sdk', version: '1' },
    { ...options, listChanged: { tools: { autoRefresh: false, onChanged: changed } } },
  );

test.each<[string, ClientOptions['versionNegotiation']]>([
  ['asks which era there is', { mode: 'auto' }],
  ['wants the newer era', { mode: { pin: '2026-07-28' } }],
])('the SDK’s client that %s lists, listens and calls', async (_name, versionNegotiation) => {
  const setting = await openKnown({ listed: false });
  const changed = vi.fn();
  const client = sdkClient(
    { versionNegotiation: versionNegotiation ?? {}, capabilities: { elicitation: { url: {} } } },
    changed,
  );
  const shown: string[] = [];
  client.setRequestHandler('elicitation/create', async ({ params }) => {
    if (params.mode === 'url') shown.push(params.url);
    await setting.signIn();
    return { action: 'accept' };
  });
  await client.connect(setting.transport());
  expect((await client.listTools()).tools).toEqual([]);
  expect(changed).not.toHaveBeenCalled();
  expect(await client.callTool(call)).toMatchObject({ content: [{ text: 'done' }] });
  expect(shown).toEqual([expect.stringContaining(setting.rig.server.issuer)]);
  await vi.waitFor(() => expect(changed).toHaveBeenCalled(), 20_000);
  expect((await client.listTools()).tools).toEqual(tools);
  await client.close();
});
