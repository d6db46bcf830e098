import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ControlDeps } from '../../electron/control/deps.ts';
import { createMemoryVault } from '../../electron/credentials/memory-vault.ts';
import { FairleadError } from '../../shared/errors.ts';
import { openControlPair } from './control-pair.ts';

const url = 'https://mcp.example.com/mcp';
const secret = 'sk-9d1c-hunter2';
const keyed = { url, headers: { Authorization: `Bearer ${secret}` } };

/** A home of a person with these entries in Cursor's config and Claude Code's. */
function personWith(cursor: object, claude?: object) {
  const home = mkdtempSync(join(tmpdir(), 'import-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const paths = { cursor: join(home, '.cursor', 'mcp.json'), claude: join(home, '.claude.json') };
  const write = (path: string, entries: object) => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify({ mcpServers: entries }));
  };
  write(paths.cursor, cursor);
  if (claude !== undefined) write(paths.claude, claude);
  return { machine: { home, env: {} }, ...paths, write };
}

type Probe = ControlDeps['probe'];
const isMcp: Awaited<ReturnType<Probe>> = { outcome: 'mcp', elapsedMs: 1, summary: 'An MCP server.' };

test('a config that is changed meanwhile keeps its entry, and the container that was added for it is gone', async () => {
  const { machine, cursor, write } = personWith({ notes: keyed });
  const changed = { notes: { ...keyed, url: 'https://other.example/mcp' } };
  const vault = createMemoryVault();
  const { client, audit } = await openControlPair(
    {
      probe: () => {
        write(cursor, changed);
        return Promise.resolve(isMcp);
      },
    },
    vault,
  );
  const report = await client.call('import.apply', { machine });
  expect(report).toMatchObject({
    changes: [],
    failed: [{ client: 'cursor', error: { code: 'client_config_changed' } }],
  });
  expect(JSON.parse(readFileSync(cursor, 'utf8'))).toEqual({ mcpServers: changed });
  expect(await client.call('containers.list', {})).toEqual([]);
  expect(await vault.read('api-key:notes')).toBeUndefined();
  expect((await audit.read(10)).map((line) => ('change' in line ? line.change : line.kind))).toEqual([
    'added',
    'removed',
  ]);
});

test('where no secret can be kept, the entry stays', async () => {
  const { machine, cursor } = personWith({ notes: keyed });
  const before = readFileSync(cursor, 'utf8');
  const locked = {
    ...createMemoryVault(),
    write: () => Promise.reject(new FairleadError('keychain_locked', 'The keychain is locked.')),
  };
  const { client } = await openControlPair({}, locked);
  const { failed, changes } = await client.call('import.apply', { machine });
  expect({ failed, changes }).toMatchObject({
    failed: [{ error: { code: 'keychain_locked' } }],
    changes: [],
  });
  expect(readFileSync(cursor, 'utf8')).toBe(before);
  expect(await client.call('containers.list', {})).toEqual([]);
});

test('of what is found, those alone are taken that were chosen', async () => {
  const { machine, cursor, claude } = personWith({ a: { url }, b: keyed }, { c: keyed });
  const asked: string[] = [];
  const probe: Probe = (container) => {
    asked.push(container.auth.method);
    return Promise.resolve(isMcp);
  };
  const { client, deps } = await openControlPair({ probe });
  const found = await client.call('import.find', { machine });
  // One server and one way into it: asked once.
  expect(asked).toEqual(['api_key', 'none'].sort());
  expect(found.entries.map(({ entry, container }) => [entry, container?.name, container?.shared])).toEqual(
    expect.arrayContaining([
      ['c', 'c', false],
      ['a', 'a', false],
      ['b', 'c', true],
    ]),
  );
  expect(JSON.stringify(found)).not.toContain(secret);
  expect(existsSync(join(deps.backups, 'cursor'))).toBe(false);
  expect(await client.call('containers.list', {})).toEqual([]);

  const entries = [{ client: 'cursor', entry: 'b' }];
  const { changes } = await client.call('import.apply', { machine, entries });
  expect(changes).toMatchObject([{ client: 'cursor' }]);
  expect(JSON.stringify(changes)).not.toContain(secret);
  const { mcpServers } = JSON.parse(readFileSync(cursor, 'utf8')) as { mcpServers: Record<string, object> };
  expect(mcpServers).toMatchObject({ a: { url }, b: { args: [expect.any(String), 'stdio', 'b'] } });
  expect(readFileSync(claude, 'utf8')).toContain(secret);
  const sections = await client.call('import.find', { machine, client: 'claude-code' });
  expect(sections.entries).toMatchObject([{ entry: 'c', container: { name: 'b', shared: true } }]);
});

test('what signs in as Fairlead cannot is left alone, unless the server asks for no sign-in', async () => {
  const remote = (...args: string[]) => ({ command: 'npx', args: ['mcp-remote', url, ...args] });
  const info = ['--static-oauth-client-info', '{"client_id":"desk"}'];
  const { machine } = personWith({
    open: remote('--use-id-token'),
    own: remote('--authorize-param', `audience=${secret}`, ...info),
  });
  const { client } = await openControlPair();
  const { entries } = await client.call('import.find', { machine });
  expect(entries).toMatchObject([
    { container: { auth: { method: 'none' } }, notes: [expect.stringContaining('left out') as string] },
    { reason: expect.stringContaining('--authorize-param') as string },
  ]);
  expect(JSON.stringify(entries)).not.toContain(secret);
});

test.each([
  ['behind', ['strange', 'plain']],
  ['before', ['plain', 'strange']],
])('an entry that cannot be signed in to says nothing of the one %s it', async (_where, order) => {
  const args = ['mcp-remote', url];
  const all: Record<string, object> = {
    strange: { command: 'npx', args: [...args, '--use-id-token'] },
    plain: { command: 'npx', args },
  };
  const { machine } = personWith(Object.fromEntries(order.map((name) => [name, all[name]])));
  let asked = 0;
  const probe: Probe = () => {
    asked += 1;
    return Promise.resolve({ outcome: 'auth_required', elapsedMs: 1, summary: 'No.' });
  };
  const { client } = await openControlPair({ probe });
  const { entries } = await client.call('import.find', { machine });
  expect(entries).toHaveLength(2);
  expect(entries).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        entry: 'strange',
        reason: expect.stringContaining('--use-id-token') as string,
      }),
      expect.objectContaining({
        entry: 'plain',
        container: expect.objectContaining({ name: 'plain', shared: false }) as object,
      }),
    ]),
  );
  expect(asked).toBe(1);
});

test('a server that wants more than the entry says is left alone', async () => {
  const { machine } = personWith({ a: keyed });
  const probe: Probe = () => Promise.resolve({ outcome: 'auth_required', elapsedMs: 1, summary: 'No.' });
  const { client } = await openControlPair({ probe });
  const { entries, changes } = await client.call('import.apply', { machine });
  expect(changes).toEqual([]);
  expect(entries).toMatchObject([{ entry: 'a', reason: expect.stringContaining('header') as string }]);
});

test('a server that asks for no sign-in is entered without one, unless the entry has a client for it', async () => {
  const { machine } = personWith({
    plain: { url },
    resource: { command: 'npx', args: ['mcp-remote', url, '--resource', 'https://a.example/'] },
    client: { url, oauth: { clientId: 'desk', clientSecret: secret } },
  });
  const { client } = await openControlPair();
  const { entries } = await client.call('import.apply', { machine });
  const ways = entries.map(({ entry, container, notes }) => [entry, container?.auth.method, notes.length]);
  expect(ways).toEqual([
    ['plain', 'none', 0],
    ['resource', 'none', 1],
    ['client', 'oauth', 2],
  ]);
  expect(entries[1]?.container).toMatchObject({ name: 'plain', shared: true });
});

test('an entry whose name is there twice, and a key that only memory would hold, are spoken of', async () => {
  const { machine, cursor } = personWith({});
  const entry = JSON.stringify(keyed);
  writeFileSync(cursor, `{"mcpServers": {"a": ${entry}, "a": ${entry}, "b": ${entry}}}`);
  const { client } = await openControlPair();
  const { entries } = await client.call('import.find', { machine });
  expect(entries).toMatchObject([
    { entry: 'a', reason: expect.stringContaining('more than once') as string },
    { entry: 'b', notes: [expect.stringContaining('ends with this core') as string] },
  ]);
});
