import type { Client } from '@modelcontextprotocol/client';
import { expect, test, vi } from 'vitest';
import { createToken } from '../../../demo/container/guard/token-file.ts';
import { openClient, openContainer } from './running.ts';

async function call(client: Client, name: string, args: Record<string, unknown> = {}) {
  const result = await client.callTool({ name, arguments: args });
  const [first] = result.content;
  return { ...result, text: first?.type === 'text' ? first.text : '' };
}

/** A new note's id. */
async function addNote(client: Client, args: Record<string, unknown>): Promise<string> {
  const { structuredContent } = await call(client, 'add_note', args);
  return (structuredContent as { id: string }).id;
}

test('describes every tool, its arguments and whether it changes anything', async () => {
  const { url } = await openContainer();
  const { client } = await openClient(url);
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name).sort()).toEqual(
    [
      'add_note',
      'big_result',
      'delete_note',
      'list_notes',
      'read_note',
      'search_notes',
      'slow_job',
      'whoami',
    ].sort(),
  );
  for (const { title, description, annotations, inputSchema } of tools) {
    expect(title).toBeTruthy();
    expect(description).toMatch(/\.$/);
    expect(annotations?.openWorldHint).toBe(false);
    for (const property of Object.values(inputSchema.properties ?? {}))
      expect(property).toHaveProperty('description');
  }
  expect(tools.filter(({ annotations }) => annotations?.destructiveHint).map(({ name }) => name)).toEqual([
    'delete_note',
  ]);
});

test('adds, lists, reads, searches, extends and deletes notes', async () => {
  const { url } = await openContainer();
  const { client } = await openClient(url);
  expect((await call(client, 'list_notes')).text).toBe('There are no notes yet.');

  const milk = await addNote(client, { text: 'Buy MILK\nand bread' });
  const trip = await addNote(client, { title: 'Trip', text: 'Rope and fairlead' });
  expect((await call(client, 'list_notes')).structuredContent).toMatchObject({
    notes: [
      { id: milk, title: 'Buy MILK' },
      { id: trip, title: 'Trip' },
    ],
  });
  expect((await call(client, 'search_notes', { words: 'milk' })).structuredContent).toMatchObject({
    notes: [{ id: milk }],
  });
  expect((await call(client, 'search_notes', { words: 'zebra' })).structuredContent).toEqual({ notes: [] });

  await call(client, 'add_note', { append_to: trip, text: 'Äpfel 🍏' });
  expect((await call(client, 'read_note', { id: trip })).text).toBe('Trip\n\nRope and fairlead\n\nÄpfel 🍏');

  expect((await call(client, 'delete_note', { id: milk })).isError).toBeFalsy();
  expect((await call(client, 'list_notes')).structuredContent).toMatchObject({ notes: [{ id: trip }] });
});

test('answers an unknown or impossible id with an error that the model can mend', async () => {
  const { url } = await openContainer();
  const { client } = await openClient(url);
  for (const [tool, args] of [
    ['read_note', { id: '000000000000' }],
    ['delete_note', { id: '000000000000' }],
    ['add_note', { text: 'x', append_to: '000000000000' }],
  ] as const) {
    const { isError, text } = await call(client, tool, args);
    expect(isError).toBe(true);
    expect(text).toContain('list_notes');
  }
  expect(await call(client, 'read_note', { id: '../../etc/passwd' })).toMatchObject({ isError: true });
  expect(await call(client, 'add_note', { text: '' })).toMatchObject({ isError: true });
});

test('reports the progress of a slow job, step by step', async () => {
  const { url } = await openContainer();
  const { client } = await openClient(url);
  const seen: unknown[] = [];
  const result = await client.callTool(
    { name: 'slow_job', arguments: { seconds: 0.2, steps: 4 } },
    { onprogress: ({ progress, total }) => void seen.push([progress, total]) },
  );
  expect(result.content).toEqual([{ type: 'text', text: 'Done: 4 steps in 0.2 seconds.' }]);
  expect(seen).toEqual([
    [1, 4],
    [2, 4],
    [3, 4],
    [4, 4],
  ]);
});

test('returns a big result of exactly the size that was asked for', async () => {
  const { url } = await openContainer();
  const { client } = await openClient(url);
  for (const kilobytes of [1, 8_192]) {
    const { text } = await call(client, 'big_result', { kilobytes });
    expect(text.length).toBe(kilobytes * 1_024);
    expect(text.slice(-64)).toBe(`${String(kilobytes * 16 - 1).padStart(8, '0')} ${'.'.repeat(54)}\n`);
  }
  expect(await call(client, 'big_result', { kilobytes: 1e9 })).toMatchObject({ isError: true });
});

test('knows the caller by the name of the token', async () => {
  const local = await openContainer();
  expect((await call((await openClient(local.url)).client, 'whoami')).structuredContent).toEqual({
    mode: 'local',
    token: null,
  });

  let secret = '';
  const guarded = await openContainer(async (config) => (secret = await createToken(config, 'my-laptop')));
  const { client } = await openClient(guarded.url, { secret });
  const answer = await call(client, 'whoami');
  expect(answer.structuredContent).toEqual({ mode: 'token', token: 'my-laptop' });
  expect(JSON.stringify(answer)).not.toContain(secret);
});

test('exposes notes as resources, completes their ids and tells of changes', async () => {
  const { url } = await openContainer();
  let listChanges = 0;
  const onChanged = () => void (listChanges += 1);
  const listener = await openClient(url, {
    options: { listChanged: { resources: { autoRefresh: false, debounceMs: 0, onChanged } } },
  });
  const updated: string[] = [];
  listener.client.setNotificationHandler(
    'notifications/resources/updated',
    ({ params }) => void updated.push(params.uri),
  );
  const { client } = await openClient(url);

  const id = await addNote(client, { title: 'Watched', text: 'one' });
  const uri = `note://${id}`;
  await vi.waitFor(() => expect(listChanges).toBe(1), 5_000);
  expect((await listener.client.listResources()).resources).toMatchObject([{ uri, name: 'Watched' }]);
  expect((await listener.client.listResourceTemplates()).resourceTemplates).toMatchObject([
    { uriTemplate: 'note://{id}' },
  ]);
  const completed = await client.complete({
    ref: { type: 'ref/resource', uri: 'note://{id}' },
    argument: { name: 'id', value: id.slice(0, 4) },
  });
  expect(completed.completion.values).toEqual([id]);

  const ignored = await addNote(client, { title: 'Not watched', text: 'one' });
  await listener.client.subscribeResource({ uri });
  await call(client, 'add_note', { append_to: ignored, text: 'two' });
  await call(client, 'add_note', { append_to: id, text: 'two' });
  await vi.waitFor(() => expect(updated).toEqual([uri]), 5_000);
  expect((await listener.client.readResource({ uri })).contents).toMatchObject([
    { uri, text: '# Watched\n\none\n\ntwo' },
  ]);

  await listener.client.unsubscribeResource({ uri });
  await call(client, 'add_note', { append_to: id, text: 'three' });
  await listener.client.subscribeResource({ uri });
  await call(client, 'delete_note', { id });
  await vi.waitFor(() => expect(listChanges).toBe(3), 5_000);
  expect(updated).toEqual([uri, uri]);
  await expect(listener.client.readResource({ uri })).rejects.toThrow();
});

test('offers a prompt with the notes that mention something', async () => {
  const { url } = await openContainer();
  const { client } = await openClient(url);
  await addNote(client, { title: 'Trip', text: 'Rope' });
  await addNote(client, { title: 'Shop', text: 'Milk' });
  const { messages } = await client.getPrompt({ name: 'summarise_notes', arguments: { about: 'rope' } });
  expect(messages.map(({ content }) => content.type)).toEqual(['text', 'resource']);
  expect((await client.getPrompt({ name: 'summarise_notes' })).messages).toHaveLength(3);
});

test('serves protocol 2026-07-28 at the same URL', async () => {
  const { url } = await openContainer();
  const onChanged = vi.fn();
  const { client } = await openClient(url, {
    options: {
      versionNegotiation: { mode: 'auto' },
      listChanged: { resources: { autoRefresh: false, debounceMs: 0, onChanged } },
    },
  });
  expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
  const id = await addNote(client, { text: 'modern' });
  await vi.waitFor(() => expect(onChanged).toHaveBeenCalled(), 5_000);
  expect((await call(client, 'read_note', { id })).text).toContain('modern');
  expect((await call(client, 'whoami')).structuredContent).toEqual({ mode: 'local', token: null });
});
