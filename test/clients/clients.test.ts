import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createClients } from '../../electron/clients/clients.ts';
import { containerOf } from '../../electron/clients/endpoint-entries.ts';
import { knownClients } from '../../electron/clients/known/all.ts';
import type { KnownClient, Machine } from '../../electron/clients/known/known-client.ts';
import { fixtures, variations } from './fixtures.ts';

const endpoint = {
  command: 'C:\\Program Files\\nodejs\\node.exe',
  args: ['C:\\Users\\Ann Ä\\fairlead\\dist\\stdio.cjs', 'stdio', 'notes'],
};
const named = { name: 'notes', endpoint };
const really = { dryRun: false };

function newMachine(platform: NodeJS.Platform = 'linux') {
  const home = mkdtempSync(join(tmpdir(), 'fl home '));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const machine: Machine = { platform, home, env: {} };
  return { machine, home, clients: createClients(machine, join(home, 'backups')) };
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** What is new, taken away character by character, leaves what was there. */
function isWithin(part: string, whole: string): boolean {
  let at = 0;
  for (const character of whole) if (part.startsWith(character, at)) at += character.length;
  return at === part.length;
}

test('there is a fixture for every client, and no two have one id', () => {
  expect(Object.keys(fixtures).sort()).toEqual(knownClients.map(({ id }) => id).sort());
});

describe.each(knownClients.map((client) => ({ id: client.id, client })))('$id', ({ id, client }) => {
  test.each(Object.keys(variations))(
    'a config %s is changed in the entry alone, and back to the byte',
    async (way) => {
      const { machine, clients } = newMachine();
      const path = client.config(machine);
      const text = variations[way]!(fixtures[id]!);
      write(path, text);
      const { diff } = await clients.connect(id, named, really);
      const connected = readFileSync(path, 'utf8');
      expect(isWithin(text, connected)).toBe(true);
      expect(diff).toMatch(/^\+.*notes/m);
      expect((await clients.connect(id, named, really)).diff).toBeUndefined();
      const found = (await clients.list()).find((each) => each.id === id);
      expect(found).toMatchObject({ path, found: true, entries: [{ name: 'notes', container: 'notes' }] });
      await clients.disconnect(id, { container: 'notes' }, really);
      expect(readFileSync(path, 'utf8')).toBe(text);
      await clients.undo(id, { dryRun: false, force: false });
      expect(readFileSync(path, 'utf8')).toBe(connected);
    },
  );

  test('a config that is not there, or blank, gets the entry', async () => {
    for (const text of [undefined, '', '\n']) {
      const { machine, clients } = newMachine();
      const path = client.config(machine);
      if (text !== undefined) write(path, text);
      await clients.connect(id, named, really);
      const [only] = (await clients.list()).filter(({ entries }) => entries.length > 0);
      expect(only).toMatchObject({ id, entries: [{ name: 'notes', container: 'notes' }] });
      await clients.undo(id, { dryRun: false, force: false });
      if (text === undefined) expect(existsSync(path)).toBe(false);
      else expect(readFileSync(path, 'utf8')).toBe(text);
    }
  });

  test('a config that is cut off is refused, and left as it is', async () => {
    const { machine, clients } = newMachine();
    const path = client.config(machine);
    const broken = { json: '{ "a": [', toml: 'a = [', yaml: 'a: [' }[client.format];
    write(path, broken);
    await expect(clients.connect(id, named, really)).rejects.toMatchObject({ code: 'client_config_invalid' });
    expect(readFileSync(path, 'utf8')).toBe(broken);
    const found = (await clients.list()).find((each) => each.id === id);
    expect(found?.error?.code).toBe('client_config_invalid');
  });

  test('an entry of the same name that is not ours stays', async () => {
    const { machine, clients } = newMachine();
    const name = { codex: 'context7', goose: 'fetch' }[id] ?? 'other';
    const text =
      client.format === 'json'
        ? jsonWith(client, { other: { command: 'x', args: ['stdio'] } })
        : fixtures[id]!;
    write(client.config(machine), text);
    const taken = { ...named, name };
    await expect(clients.connect(id, taken, really)).rejects.toMatchObject({ code: 'client_entry_taken' });
    expect((await clients.disconnect(id, { container: name }, really)).diff).toBeUndefined();
    expect(readFileSync(client.config(machine), 'utf8')).toBe(text);
  });
});

function jsonWith({ keys }: KnownClient, entries: object): string {
  return JSON.stringify({ [keys[0]]: entries });
}

test('what the person added to our entry stays when it is written anew', async () => {
  const { machine, clients } = newMachine();
  const cline = knownClients.find(({ id }) => id === 'cline')!;
  const args = ['/old/stdio.cjs', 'stdio', 'notes'];
  write(
    cline.config(machine),
    jsonWith(cline, { notes: { command: 'node', args, autoApprove: ['list_notes'] } }),
  );
  await clients.connect('cline', named, really);
  const { mcpServers } = JSON.parse(readFileSync(cline.config(machine), 'utf8')) as { mcpServers: object };
  expect(mcpServers).toEqual({ notes: { ...endpoint, autoApprove: ['list_notes'] } });
});

test('an entry gets the profile that it leads to in its environment, beside what the person has there', async () => {
  const { machine, clients } = newMachine();
  const elsewhere = { ...named, endpoint: { ...endpoint, env: { FAIRLEAD_HOME: '/elsewhere' } } };
  const entry = (id: string, key: string) => {
    const text = readFileSync(knownClients.find((each) => each.id === id)!.config(machine), 'utf8');
    const { env, envs } = (JSON.parse(text) as Record<string, Record<string, Record<string, unknown>>>)[key]![
      'notes'
    ]!;
    return env ?? envs;
  };
  const cursor = knownClients.find(({ id }) => id === 'cursor')!;
  const args = ['/old/stdio.cjs', 'stdio', 'notes'];
  write(cursor.config(machine), jsonWith(cursor, { notes: { command: 'node', args, env: { LANG: 'C' } } }));
  await clients.connect('cursor', elsewhere, really);
  expect(entry('cursor', 'mcpServers')).toEqual({ LANG: 'C', FAIRLEAD_HOME: '/elsewhere' });
  await clients.connect('cursor', named, really);
  expect(entry('cursor', 'mcpServers')).toEqual({ LANG: 'C' });

  const goose = knownClients.find(({ id }) => id === 'goose')!;
  await clients.connect('goose', elsewhere, really);
  expect(readFileSync(goose.config(machine), 'utf8')).toMatch(/envs:\s+"?FAIRLEAD_HOME"?: "?\/elsewhere/);
});

test('disconnect takes out every entry of the container, or the one that is named', async () => {
  const { machine, clients } = newMachine();
  const cursor = knownClients.find(({ id }) => id === 'cursor')!;
  const names = () =>
    Object.keys(
      (JSON.parse(readFileSync(cursor.config(machine), 'utf8')) as { mcpServers: object }).mcpServers,
    );
  for (const name of ['one', 'two', 'three']) await clients.connect('cursor', { name, endpoint }, really);
  await clients.disconnect('cursor', { container: 'notes', name: 'two' }, really);
  expect(names()).toEqual(['one', 'three']);
  await clients.disconnect('cursor', { container: 'notes' }, really);
  expect(names()).toEqual([]);
});

test('an id that nobody knows, and a name that the client does not take, are wrong usage', async () => {
  const { clients } = newMachine();
  await expect(clients.connect('emacs', named, really)).rejects.toMatchObject({ code: 'usage' });
  await expect(clients.connect('codex', { ...named, name: 'my.notes' }, really)).rejects.toMatchObject({
    code: 'usage',
  });
});

test.each([
  [
    'the endpoint',
    { command: '/usr/bin/node', args: ['/opt/fairlead/dist/stdio.cjs', 'stdio', 'notes'] },
    'notes',
  ],
  ['the program', { command: 'fairlead', args: ['stdio', 'https://x.example/mcp'] }, 'https://x.example/mcp'],
  ['npx', { command: 'npx', args: ['-y', 'fairlead', 'stdio', 'notes'] }, 'notes'],
  ['Windows', { cmd: 'C:\\Program Files\\Fairlead\\Fairlead.exe', args: ['stdio', 'notes'] }, 'notes'],
  ['an older Zed', { command: { path: 'fairlead', args: ['stdio', 'notes'] } }, 'notes'],
  ['another program', { command: 'npx', args: ['other', 'stdio', 'notes'] }, undefined],
  ['another transport', { url: 'https://fairlead.example/stdio' }, undefined],
  ['no container', { command: 'fairlead', args: ['stdio'] }, undefined],
  ['anything', ['stdio', 1, null], undefined],
])('an entry of %s is told from others', (_what, entry, container) => {
  expect(containerOf(entry)).toBe(container);
});

const windows: Machine = {
  platform: 'win32',
  home: 'C:\\Users\\Ann Ä',
  env: { APPDATA: 'C:\\Users\\Ann Ä\\AppData\\Roaming' },
};
const mac: Machine = { platform: 'darwin', home: '/Users/ann', env: {} };
const linux: Machine = { platform: 'linux', home: '/home/ann', env: { XDG_CONFIG_HOME: '' } };

test.each([
  ['claude-desktop', windows, 'C:\\Users\\Ann Ä\\AppData\\Roaming\\Claude\\claude_desktop_config.json'],
  ['claude-desktop', mac, '/Users/ann/Library/Application Support/Claude/claude_desktop_config.json'],
  ['claude-desktop', linux, '/home/ann/.config/Claude/claude_desktop_config.json'],
  ['claude-code', windows, 'C:\\Users\\Ann Ä\\.claude.json'],
  ['claude-code', { ...linux, env: { CLAUDE_CONFIG_DIR: '/etc/c' } }, '/etc/c/.claude.json'],
  ['cursor', windows, 'C:\\Users\\Ann Ä\\.cursor\\mcp.json'],
  ['vscode', windows, 'C:\\Users\\Ann Ä\\AppData\\Roaming\\Code\\User\\mcp.json'],
  ['vscode', mac, '/Users/ann/Library/Application Support/Code/User/mcp.json'],
  ['vscode', { ...linux, env: { XDG_CONFIG_HOME: '/x' } }, '/x/Code/User/mcp.json'],
  ['windsurf', linux, '/home/ann/.codeium/windsurf/mcp_config.json'],
  ['zed', windows, 'C:\\Users\\Ann Ä\\AppData\\Roaming\\Zed\\settings.json'],
  ['zed', mac, '/Users/ann/.config/zed/settings.json'],
  ['gemini', linux, '/home/ann/.gemini/settings.json'],
  ['codex', { ...linux, env: { CODEX_HOME: '/c' } }, '/c/config.toml'],
  [
    'cline',
    mac,
    '/Users/ann/Library/Application Support/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json',
  ],
  ['lm-studio', mac, '/Users/ann/.lmstudio/mcp.json'],
  ['goose', mac, '/Users/ann/.config/goose/config.yaml'],
  ['goose', windows, 'C:\\Users\\Ann Ä\\AppData\\Roaming\\Block\\goose\\config\\config.yaml'],
])('%s is looked for where it keeps its config (%#)', (id, machine, path) => {
  expect(knownClients.find((each) => each.id === id)?.config(machine)).toBe(path);
});

test('a diff of a replaced entry hides whatever may be a secret, in any place of it', async () => {
  const { machine, clients } = newMachine();
  const cursor = knownClients.find(({ id }) => id === 'cursor')!;
  const secret = 'hunter2';
  const entries = {
    a: { url: `https://a.example/${secret}-of-mine/mcp?k=${secret}`, headers: { name: secret, type: 12345 } },
    b: {
      command: { path: 'npx', args: ['--header', '12345', '--oauth2Bearer', 'npx'], env: { source: secret } },
    },
    c: { command: `npx mcp-remote ${secret}`, apiKey: secret, oauth: { scopes: [secret] }, timeout: 30 },
  };
  write(cursor.config(machine), jsonWith(cursor, entries));
  const replaced = Object.entries(entries).map(([name, before]) => ({ name, endpoint, before }));
  const { diff } = await clients.replace('cursor', replaced, really);
  expect(diff).not.toMatch(/hunter2|12345|"npx"\n.*\]/);
  expect(diff).toContain('https://a.example/[secret]/mcp?[secret]');
  expect(diff).toContain('"timeout": 30');
});

describe.each(knownClients.map((client) => ({ id: client.id, client })))('of $id', ({ id, client }) => {
  test('an entry of another bridge gives way to ours, and its diff tells no secret of it or its neighbours', async () => {
    const { machine, clients } = newMachine();
    const path = client.config(machine);
    const secret = 'sk-1f9e-hunter2';
    const bridge = {
      command: 'npx',
      args: ['-y', 'mcp-remote', `https://a.example/mcp?key=${secret}`, '--header', `X-Key: ${secret}`],
      env: { TOKEN: secret },
    };
    write(path, fixtures[id]!);
    await clients.connect(id, { name: 'bridge', endpoint: bridge }, really);
    await clients.connect(id, { name: 'next', endpoint: { command: 'x', args: [secret] } }, really);
    const before = readFileSync(path, 'utf8');
    const others = await clients.others(id);
    expect([...others.keys()]).toEqual(expect.arrayContaining(['bridge', 'next']));

    const entry = { name: 'bridge', endpoint, before: others.get('bridge') };
    const dry = await clients.replace(id, [entry], { dryRun: true });
    expect(readFileSync(path, 'utf8')).toBe(before);
    const { diff } = await clients.replace(id, [entry], really);
    expect(dry.diff).toBe(diff);
    expect(diff).toMatch(/^-.*\[secret\]/m);
    expect(diff).toMatch(/^\+.*stdio\.cjs/m);
    expect(diff).not.toContain(secret);
    const found = (await clients.list()).find((each) => each.id === id);
    expect(found?.entries).toContainEqual({ name: 'bridge', container: 'notes' });
    expect([...(await clients.others(id)).keys()]).not.toContain('bridge');
    await expect(clients.replace(id, [entry], really)).rejects.toMatchObject({
      code: 'client_config_changed',
    });

    await clients.undo(id, { dryRun: false, force: false });
    expect(readFileSync(path, 'utf8')).toBe(before);
    await clients.replace(id, [entry], really);
    await clients.forget(id);
    await expect(clients.undo(id, { dryRun: false, force: false })).rejects.toMatchObject({
      code: 'nothing_to_undo',
    });
  });
});
