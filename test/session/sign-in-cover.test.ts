import { expect, test, vi } from 'vitest';
import { initializeResult } from '../support/scripted-server.ts';
import { greeting, initialized, type SessionClient } from '../support/session-client.ts';
import { newerList, openSetting, tools } from '../support/sign-in-setting.ts';

const listed = async (client: SessionClient, id: string, method = 'tools/list') =>
  (await client.ask(id, method)).result;

test('answers a client that starts while nobody is signed in, and tells it when there is more', async () => {
  const setting = await openSetting();
  const { server } = setting;
  await using client = setting.client();
  await client.greet();
  expect(client.answersTo('g')[0]?.result).toMatchObject({
    protocolVersion: '2025-11-25',
    capabilities: { tools: { listChanged: true } },
    serverInfo: { name: 'fairlead' },
  });
  expect(await listed(client, 'none')).toEqual({ tools: [] });
  expect(await listed(client, 'nothing', 'resources/templates/list')).toEqual({ resourceTemplates: [] });
  expect(await listed(client, 'alive', 'ping')).toEqual({});
  expect((await client.ask('level', 'logging/setLevel', { level: 'debug' })).result).toEqual({});
  expect(server.count('POST notifications/initialized')).toBe(0);

  await setting.signIn();
  await client.until(() => client.heardOf('notifications/tools/list_changed').length === 1);
  expect(await listed(client, 'all')).toEqual({ tools });
  expect(await listed(client, 'prompts', 'prompts/list')).toEqual({ prompts: [] });
  expect(server.count('POST prompts/list')).toBe(0);
  expect(server.count('POST notifications/initialized')).toBe(1);
  expect(server.count('POST logging/setLevel')).toBe(1);
  expect((await client.ask('call', 'tools/call', { name: 'add_note' })).result).toBeDefined();
  expect(client.answersTo('g')).toHaveLength(1);
  expect(setting.rig.opened()).toHaveLength(1);
});

test('hands a call the link when the person does not come, and runs it when they do', async () => {
  const setting = await openSetting({ waitMs: 5_000 });
  await using client = setting.client();
  await client.greet();
  const late = await client.ask('late', 'tools/call', { name: 'add_note' });
  expect(late.error?.data).toMatchObject({
    code: 'sign_in_needed',
    url: setting.rig.broker.pending()[0]?.url,
  });
  const waits = client.ask('waits', 'tools/call', { name: 'add_note' });
  await setting.signIn();
  expect((await waits).result).toBeDefined();
  expect(setting.server.count('POST tools/call')).toBe(1);
});

test('hands the link to a client that can show it as the protocol has it, and says when that is done', async () => {
  const setting = await openSetting();
  await using client = setting.client();
  const capabilities = { elicitation: { url: {} } };
  client.say({ ...greeting, params: { ...greeting.params, capabilities } });
  client.say(initialized);
  const { error } = await client.ask('call', 'tools/call', { name: 'add_note' });
  expect(error?.code).toBe(-32042);
  const { elicitations } = error?.data as unknown as { elicitations: Record<string, string>[] };
  expect(elicitations).toMatchObject([{ mode: 'url', url: setting.rig.broker.pending()[0]?.url }]);
  await setting.signIn();
  await client.until(() => client.heardOf('notifications/elicitation/complete').length === 1);
  expect(client.heardOf('notifications/elicitation/complete')[0]?.params).toEqual({
    elicitationId: elicitations[0]?.['elicitationId'],
  });
});

test('stays out of the way of a sign-in that needs nobody', async () => {
  const setting = await openSetting({ looksAtTabs: true, waitMs: 20_000 });
  await using client = setting.client();
  await client.greet();
  expect(client.answersTo('g')[0]?.result).toEqual(initializeResult);
  expect(await listed(client, 'all')).toEqual({ tools });
  expect(client.heardOf('notifications/tools/list_changed')).toEqual([]);
});

test('knows what the container said last when somebody has to sign in again', async () => {
  const setting = await openSetting();
  const { rig, owner } = setting;
  await using first = setting.client();
  await first.greet();
  await setting.signIn();
  await first.until(() => first.heardOf('notifications/tools/list_changed').length === 1);
  expect(await listed(first, 'all')).toEqual({ tools });

  await rig.broker.signOut(owner);
  expect(await listed(first, 'remembered')).toEqual({ tools });
  await using second = setting.client();
  await second.greet();
  expect(second.answersTo('g')[0]?.result).toEqual(initializeResult);
  expect(await listed(second, 'remembered')).toEqual({ tools });

  await vi.waitFor(() => expect(rig.broker.pending()).toHaveLength(1), 20_000);
  await setting.signIn();
  for (const client of [first, second]) {
    await client.until(() => client.heardOf('notifications/tools/list_changed').length > 0);
    expect((await client.ask('call', 'tools/call', { name: 'add_note' })).result).toBeDefined();
  }
  // They have signed out themselves: no tab was opened for that.
  expect(rig.opened()).toHaveLength(1);
});

test('tells a client at a new core that there is more, once somebody is signed in', async () => {
  const setting = await openSetting();
  await using client = setting.client();
  client.replay(greeting);
  client.replay(initialized);
  await vi.waitFor(() => expect(setting.rig.broker.pending()).toHaveLength(1), 20_000);
  expect(await listed(client, 'none')).toEqual({ tools: [] });
  await setting.signIn();
  await client.until(() => client.heardOf('notifications/tools/list_changed').length === 1);
  expect(await listed(client, 'all')).toEqual({ tools });
});

const modern = {
  _meta: {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  },
};

test('sends a client that probes for the newer era on to initialize, with one sign-in for both', async () => {
  const setting = await openSetting();
  // Some probe in a process that they then throw away.
  await using sibling = setting.client();
  expect((await sibling.ask('probe', 'server/discover', modern)).error?.code).toBe(-32601);
  await sibling.session.close();
  await using client = setting.client();
  await client.greet();
  expect(await listed(client, 'none')).toEqual({ tools: [] });
  // Where discovery takes long, the client is answered before the tab is there.
  await vi.waitFor(() => expect(setting.rig.opened()).toHaveLength(1), { timeout: 40_000 });

  await setting.signIn();
  await client.until(() => client.heardOf('notifications/tools/list_changed').length === 1);
  expect(await listed(client, 'all')).toEqual({ tools });
  expect(setting.rig.opened()).toHaveLength(1);
});

test('begins with a container of the newer era alone once somebody is signed in', async () => {
  const setting = await openSetting({ newerAlone: true });
  await using client = setting.client();
  expect((await client.ask('probe', 'server/discover', modern)).error?.code).toBe(-32601);
  await client.greet();
  expect(await listed(client, 'none')).toEqual({ tools: [] });

  await setting.signIn();
  await client.until(() => client.heardOf('notifications/tools/list_changed').length === 1);
  expect(await listed(client, 'all')).toEqual({ tools });
  expect(setting.server.count('POST subscriptions/listen')).toBe(1);

  // A client that probes now is told what the container says.
  await using next = setting.client();
  expect((await next.ask('probe', 'server/discover', modern)).result).toMatchObject({
    supportedVersions: ['2026-07-28'],
  });
  expect((await next.ask('newer', 'tools/list', modern)).result).toEqual(newerList);
});
