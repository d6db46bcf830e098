import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { schemaName } from '../../../../demo/container/tenants/schema-name.ts';
import { openDatabase } from '../../../../demo/database/open.ts';
import { googleSettings, startGoogleDouble } from '../../../support/google-double.ts';
import { postgresPrograms } from '../../../support/postgres-programs.ts';
import { startPostgresServer, type PostgresServer } from '../../../support/postgres-server.ts';
import { initializeBody, openClient, openContainer, post } from '../running.ts';

// The embedded one takes seconds to start where other tests run beside it.
vi.setConfig({ testTimeout: 60_000 });

const programs = postgresPrograms();
let server: Promise<PostgresServer> | undefined;
afterAll(async () => {
  await (await server)?.[Symbol.asyncDispose]();
});

async function opened(databaseUrl?: string, more: Record<string, unknown> = {}) {
  const google = await startGoogleDouble();
  const providers = {
    google: googleSettings(google),
  };
  const config = JSON.stringify({ auth: { mode: 'external', providers }, ...more });
  const container = await openContainer((file) => writeFile(file, config), { databaseUrl });
  const clientOf = async (sub: string, email: string) => {
    const { client } = await openClient(container.url, { secret: await google.idToken({ sub, email }) });
    const call = async (name: string, args: Record<string, unknown> = {}) =>
      client.callTool({ name, arguments: args });
    const titles = async () => {
      const { structuredContent } = await call('list_notes');
      return (structuredContent as { notes: { title: string }[] }).notes.map(({ title }) => title);
    };
    const add = async (title: string) => {
      const { structuredContent } = await call('add_note', { title, text: `the text of ${title}` });
      return (structuredContent as { id: string }).id;
    };
    return { client, call, titles, add };
  };
  return { ...container, google, clientOf };
}

describe.each([
  ['the embedded Postgres', () => Promise.resolve(undefined)],
  ['a Postgres server', async () => (await (server ??= startPostgresServer(programs ?? ''))).url],
])('on %s', (kind, where) => {
  const isThere = kind !== 'a Postgres server' || programs !== undefined;

  test.runIf(isThere)('two tenants never see each other’s rows, nor two people of one', async () => {
    const { clientOf } = await opened(await where());
    const [maya, noor, eve] = await Promise.all([
      clientOf('1', 'maya@mycompany.com'),
      clientOf('2', 'noor@mycompany.com'),
      clientOf('3', 'eve@gmail.com'),
    ]);
    const id = await maya.add('Mine');
    await noor.add('Noor’s');
    await eve.add('Eve’s');
    expect(await maya.titles()).toEqual(['Mine']);
    expect(await noor.titles()).toEqual(['Noor’s']);
    expect(await eve.titles()).toEqual(['Eve’s']);

    for (const other of [noor, eve]) {
      expect((await other.call('read_note', { id })).isError).toBe(true);
      expect((await other.call('delete_note', { id })).isError).toBe(true);
      expect((await other.call('add_note', { text: 'x', append_to: id })).isError).toBe(true);
      const found = await other.call('search_notes', { words: 'Mine' });
      expect(found.structuredContent).toEqual({ notes: [] });
      await expect(other.client.readResource({ uri: `note://${id}` })).rejects.toThrow();
      const { resources } = await other.client.listResources();
      expect(resources.map(({ uri }) => uri)).not.toContain(`note://${id}`);
    }
    expect(await maya.titles()).toEqual(['Mine']);
  });

  test.runIf(isThere)('reads, searches, extends and deletes as with files', async () => {
    const { clientOf } = await opened(await where());
    const maya = await clientOf('10', 'maya@example.org');
    const id = await maya.add('50% _odd_ \0 "note"');
    await maya.call('add_note', { text: 'And this.', append_to: id });
    const read = await maya.call('read_note', { id });
    expect(read.structuredContent).toMatchObject({ id, title: '50% _odd_ \uFFFD "note"' });
    expect((read.structuredContent as { text: string }).text).toMatch(/\n\nAnd this\.$/);
    for (const [words, count] of [
      ['_ODD_', 1],
      ['and this', 1],
      ['0% _', 1],
      ['5%%', 0],
      ["'; --", 0],
    ] as const) {
      const { structuredContent } = await maya.call('search_notes', { words });
      expect((structuredContent as { notes: unknown[] }).notes, words).toHaveLength(count);
    }
    await maya.call('delete_note', { id });
    expect(await maya.titles()).toEqual([]);
  });

  test.runIf(isThere)('makes a schema once, however many come first', async () => {
    const { clientOf } = await opened(await where());
    const clients = await Promise.all(
      Array.from({ length: 6 }, (_, index) => clientOf(`2${index}`, `p${index}@first.example`)),
    );
    await Promise.all(clients.map(({ add }, index) => add(`note ${index}`)));
    expect(await clients[3]?.titles()).toEqual(['note 3']);
  });
});

test.runIf(programs !== undefined)('each tenant has a schema of its own', async () => {
  const { url } = await (server ??= startPostgresServer(programs ?? ''));
  const { clientOf } = await opened(url);
  await (await clientOf('30', 'maya@one.example')).add('One');
  await (await clientOf('31', 'maya@gmail.com')).add('Two');
  const database = await openDatabase({ url }, () => undefined);
  onTestFinished(() => database.close());
  const rowsIn = (tenant: string) => database.query(`SELECT title FROM "${schemaName(tenant)}".notes`);
  expect(await rowsIn('one.example')).toEqual([{ title: 'One' }]);
  expect(await rowsIn('google:31')).toEqual([{ title: 'Two' }]);
});

test('a change is told to its owner’s sessions only', async () => {
  const { clientOf } = await opened();
  const [maya, noor] = [await clientOf('1', 'maya@mycompany.com'), await clientOf('2', 'noor@other.example')];
  let [mayas, noors] = [0, 0];
  maya.client.setNotificationHandler('notifications/resources/list_changed', () => void (mayas += 1));
  noor.client.setNotificationHandler('notifications/resources/list_changed', () => void (noors += 1));
  await noor.add('for me alone');
  await maya.add('for me alone');
  await expect.poll(() => [mayas, noors]).toEqual([1, 1]);
});

test('one tenant’s haste costs another nothing', async () => {
  const { url, google } = await opened(undefined, { limit: { requests: 5, seconds: 3_600 } });
  const enter = async (sub: string, email: string) => {
    const authorization = `Bearer ${await google.idToken({ sub, email })}`;
    const response = await post(url, initializeBody, { authorization });
    await response.text();
    return response;
  };
  for (let count = 0; count < 5; count += 1)
    expect((await enter('1', 'maya@mycompany.com')).status).toBe(200);
  const hasty = await enter('2', 'noor@mycompany.com');
  expect(hasty.status).toBe(429);
  expect(Number(hasty.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await enter('3', 'eve@gmail.com')).status).toBe(200);
});

test('keeps a line of each request with its tenant, and nothing that was said', async () => {
  const container = await opened();
  const maya = await container.clientOf('1', 'maya@mycompany.com');
  await maya.add('a very secret title');
  const token = await container.google.idToken({ sub: '9', exp: 1_000_000_000 });
  await post(`${container.url}?secret=query`, initializeBody, { authorization: `Bearer ${token}` });
  await post(container.url.replace('/mcp', '/odd-path'), '{}');
  await container.close();

  const file = join(container.folder, 'audit.log');
  const text = await readFile(file, 'utf8');
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const own = { mode: 'external', tenant: 'mycompany.com', user: 'google:1', path: '/mcp' };
  expect(lines[0]).toMatchObject({ ...own, method: 'POST', status: 200 });
  expect(lines.filter(({ status }) => status === 401)).toMatchObject([{ path: '/mcp' }, { path: 'other' }]);
  expect(lines.every(({ at }) => !Number.isNaN(Date.parse(String(at))))).toBe(true);
  for (const said of ['secret', 'odd-path', token.slice(0, 20), 'maya@']) expect(text).not.toContain(said);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
});
