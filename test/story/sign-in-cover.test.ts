import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { expect, onTestFinished, test, vi } from 'vitest';
import { maya, openPlatform } from '../demo/platform/running.ts';
import { endpointProgram, openProfile } from '../support/fairlead.ts';
import { openMayaContainer } from '../support/maya-container.ts';
import { createPersonsBrowser } from '../support/persons-browser.ts';

test('clients that start while nobody is signed in have their tools as soon as somebody is', async () => {
  const platform = await openPlatform();
  const url = await openMayaContainer(platform);
  const browser = createPersonsBrowser(maya);
  onTestFinished(() => browser.remove());
  browser.refuse(true);
  await using profile = openProfile({ FAIRLEAD_BROWSER: browser.program });

  // By URL alone: that it wants a sign-in is found out by asking.
  const clients = [1, 2, 3].map(() => profile.endpoint([url]));
  for (const client of clients) {
    const { result } = await client.open();
    expect(result).toMatchObject({ serverInfo: { name: 'fairlead' } });
    expect((await client.request('tools/list')).result).toEqual({ tools: [] });
  }
  const waiting = clients.map((client) => client.call('list_notes'));

  const [link = ''] = browser.opened();
  browser.refuse(false);
  await promisify(execFile)(browser.program, [link]);
  for (const client of clients) {
    await client.stray(({ method }) => method === 'notifications/tools/list_changed');
    expect(JSON.stringify((await client.request('tools/list')).result)).toContain('add_note');
  }
  for (const answer of await Promise.all(waiting)) expect(answer.result).toBeDefined();
  // One tab for all of them; the second line is the person's own.
  expect(browser.opened()).toEqual([link, link]);
});

test('a client of the newer era lists, listens and calls although its person has signed out', async () => {
  const platform = await openPlatform();
  const url = await openMayaContainer(platform);
  const browser = createPersonsBrowser(maya);
  onTestFinished(() => browser.remove());
  await using profile = openProfile({ FAIRLEAD_BROWSER: browser.program });
  await profile.run(['add', 'notes', url, '--auth', 'oauth']);
  await profile.run(['auth', 'notes']);
  const connect = async (changed: () => void) => {
    const client = new Client(
      { name: 'sdk', version: '1' },
      {
        versionNegotiation: { mode: 'auto' },
        capabilities: { elicitation: { url: {} } },
        listChanged: { tools: { autoRefresh: false, onChanged: changed } },
      },
    );
    onTestFinished(() => client.close());
    client.setRequestHandler('elicitation/create', ({ params }) => {
      // They go there, and are not done at once.
      if (params.mode === 'url') void promisify(execFile)(browser.program, [params.url]);
      return { action: 'accept' };
    });
    const env = { ...profile.env };
    const args = [endpointProgram, 'stdio', 'notes'];
    await client.connect(new StdioClientTransport({ command: process.execPath, args, env }));
    return client;
  };
  const names = async (client: Client) => (await client.listTools()).tools.map(({ name }) => name);

  const first = await connect(() => undefined);
  const tools = await names(first);
  expect(tools).toContain('add_note');
  await first.close();
  expect(await profile.run(['auth', 'notes', '--forget'])).toMatchObject({ status: 0 });

  const changed = vi.fn();
  const client = await connect(changed);
  expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
  expect(await names(client)).toEqual(tools);
  expect(changed).not.toHaveBeenCalled();
  expect((await client.callTool({ name: 'list_notes', arguments: {} })).isError).not.toBe(true);
  await vi.waitFor(() => expect(changed).toHaveBeenCalled(), { timeout: 40_000 });
  expect(await names(client)).toEqual(tools);
});
