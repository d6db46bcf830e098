import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, isAbsolute, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Layer } from '../../shared/control.ts';
import type { Snapshot } from '../../shared/status.ts';
import { createToken } from '../../demo/container/guard/token-file.ts';
import { openContainer } from '../demo/container/running.ts';
import { openProfile, type Finished, type Profile } from '../support/fairlead.ts';
import { startEraServer, type Speaks } from '../support/era-server.ts';

function open(): Profile {
  const profile = openProfile();
  onTestFinished(() => profile[Symbol.asyncDispose]());
  return profile;
}

/** A container that wants a key, and that key. */
async function guarded() {
  let key = '';
  const container = await openContainer(async (config) => {
    key = await createToken(config, 'test');
  });
  return { url: container.url, key };
}

const json = ({ stdout }: Finished): unknown => JSON.parse(stdout);

test('a container from add to remove, as people see it', async () => {
  const profile = open();
  const { url, key } = await guarded();
  const added = await profile.run(['add', 'notes', url, '--secret-env', 'KEY'], { env: { KEY: key } });
  expect(added).toMatchObject({ status: 0, stderr: '' });
  expect(added.stdout).toContain(`Added notes: ${url}`);

  expect((await profile.run(['list'])).stdout).toMatch(/^NAME .*\nnotes +added +http/);
  expect((await profile.run(['tools', 'notes'])).stdout).toContain('add_note');
  const note = await profile.run(['call', 'notes', 'add_note', '{"title": "t", "text": "Buy milk"}']);
  expect(note).toMatchObject({ status: 0, stderr: '' });
  expect(
    (await profile.run(['call', 'notes', 'search_notes', '-'], { stdin: '{"words": "milk"}' })).status,
  ).toBe(0);
  expect((await profile.run(['status'])).stdout).toMatch(/Core .* is running[^]*notes +\w+ +present/);
  expect((await profile.run(['doctor', 'notes'])).stdout).toMatch(/ok +mcp/);
  expect((await profile.run(['audit'])).stdout).toMatch(/notes +Fairlead +tools\/call add_note +ok/);
  expect((await profile.run(['audit'])).stdout).toMatch(/notes +container +added/);
  expect((await profile.run(['audit', '--verify'])).stdout).toMatch(
    /^All \d+ lines in 1 file are as they were/,
  );
  expect((await profile.run(['activity'])).stdout).toMatch(
    /notes +Fairlead +tools\/call add_note +ok +\d.*ms/,
  );
  expect((await profile.run(['logs'])).stdout).toContain('core.started');

  expect((await profile.run(['remove', 'notes'])).status).toBe(0);
  expect((await profile.run(['list'])).stdout).toContain('No containers yet');
  const startedAt = performance.now();
  const stopped = await profile.run(['stop']);
  expect(performance.now() - startedAt).toBeLessThan(8_000);
  expect(stopped.stdout).toMatch(/The core \(process \d+\) has ended/);
  expect(profile.cores()).toEqual([]);
});

test('--json prints one document, and each is as the contract says', async () => {
  const profile = open();
  const { url, key } = await guarded();
  const added = await profile.run(['add', 'notes', url, '--secret-stdin', '--json'], { stdin: `${key}\n` });
  expect(json(added)).toMatchObject({ container: { name: 'notes', url }, probe: { outcome: 'mcp' } });
  expect(json(await profile.run(['list', '--json']))).toMatchObject([{ name: 'notes' }]);
  const tools = json(await profile.run(['tools', 'notes', '--json'])) as { tools: { name: string }[] };
  expect(tools.tools.map(({ name }) => name)).toContain('list_notes');
  const called = json(await profile.run(['call', 'notes', 'list_notes', '--json'])) as { result: object };
  expect(called.result).toHaveProperty('content');
  const status = json(await profile.run(['status', 'notes', '--json'])) as Snapshot;
  expect(status.containers).toMatchObject([{ credential: 'present', container: { name: 'notes' } }]);
  const layers = json(await profile.run(['doctor', 'notes', '--json'])) as Layer[];
  expect(layers.every(({ outcome }) => outcome !== 'failed')).toBe(true);
  const core = json(await profile.run(['core', '--json'])) as { pid: number };
  expect(core.pid).toBe(await profile.corePid());
  expect(json(await profile.run(['audit', '--json', '-n', '1']))).toHaveLength(1);
  expect(json(await profile.run(['audit', '--verify', '--json']))).toMatchObject({ intact: true, first: 1 });
  expect(json(await profile.run(['activity', '--json', '-n', '1']))).toMatchObject([{ phase: 'done' }]);
  expect(json(await profile.run(['logs', '--json', '-n', '2']))).toHaveLength(2);
  expect(json(await profile.run(['remove', 'notes', '--json']))).toMatchObject({ name: 'notes' });
  expect(json(await profile.run(['stop', '--json']))).toEqual({ stopped: true, pid: core.pid });
});

test.each<[string, Speaks, string]>([
  ['newer era alone', 'newer', '2026-07-28'],
  ['older era alone', 'older', '2025-11-25'],
])('add and doctor say which protocol a server of the %s speaks', async (_era, kind, version) => {
  const profile = open();
  await using server = await startEraServer(kind);
  const added = await profile.run(['add', 'notes', server.url.href, '--json']);
  expect(json(added)).toMatchObject({ probe: { protocolVersion: version } });
  expect((await profile.run(['doctor', 'notes'])).stdout).toContain(`modern 1.0.0 speaks MCP ${version}.`);
  expect((await profile.run(['tools', 'notes'])).stdout).toContain('echo');
});

test("list --config prints what a client's config gets, and it works there", async () => {
  const profile = open();
  const { url, key } = await guarded();
  await profile.run(['add', 'notes', url, '--secret-stdin'], { stdin: key });
  const { stdout } = await profile.run(['list', '--config', 'notes']);
  const config = JSON.parse(stdout) as { command: string; args: string[]; env: object };
  expect(Object.keys(config)).toEqual(['command', 'args', 'env']);
  expect(config.env).toEqual({ FAIRLEAD_HOME: profile.home });
  expect(isAbsolute(config.command)).toBe(true);
  expect(config.args).toEqual([expect.stringMatching(/^\/.*\/stdio\.cjs$/), 'stdio', 'notes']);
  expect(statSync(config.args[0]!).isFile()).toBe(true);
  expect(stdout).not.toContain(key);
  expect((await profile.run(['list', '--config', 'other'])).status).toBe(1);
});

test('without a core, each command does what it can', async () => {
  const profile = open();
  expect(await profile.run(['status'])).toMatchObject({ status: 5, stdout: '' });
  expect(await profile.run(['activity'])).toMatchObject({ status: 5, stdout: '' });
  expect(await profile.run(['logs', '-f'])).toMatchObject({ status: 5 });
  expect(await profile.run(['stop'])).toMatchObject({ status: 0, stdout: 'No core is running.\n' });
  expect(json(await profile.run(['stop', '--json']))).toEqual({ stopped: false });
  expect(json(await profile.run(['audit', '--json']))).toEqual([]);
  expect(profile.cores()).toEqual([]);
  await profile.run(['core']);
  await profile.run(['stop']);
  expect((await profile.run(['logs'])).stdout).toContain('core.started');
});

test.each([
  [['add', 'a', 'https://me:hunter2@host.example/mcp'], 2],
  [['add', 'a', 'https://host.example/mcp', '--secret=hunter2'], 2],
  [['add', 'a', 'https://host.example/mcp', '--hunter=hunter2'], 2],
  [['add', 'a b', 'https://host.example/mcp'], 2],
  [['add', 'a', 'b'], 2],
  [['add', 'a', 'https://host.example/mcp', '--secret-env', 'NOT_THERE'], 2],
  [['add', 'a', 'https://host.example/mcp', '--secret-stdin'], 2],
  [['call', 'a', 'tool', 'hunter2'], 2],
  [['logs', '-n', 'many'], 2],
  [['login', '--platform', 'http://not-this-machine.example'], 2],
  [['login', '--grant', 'password'], 2],
  [['frobnicate'], 2],
  [['list', '--frobnicate'], 2],
  [[], 2],
])('%j is wrong usage: one line on stderr, and no core for it', async (args, status) => {
  const profile = open();
  const finished = await profile.run(args);
  expect(finished.status).toBe(status);
  expect(finished.stdout).toBe('');
  expect(finished.stderr).toMatch(/^fairlead: [^\n]+\n$/);
  expect(finished.stderr).not.toContain('hunter2');
  expect(profile.cores()).toEqual([]);
});

test('each error has its exit status, its line, and with --json its document', async () => {
  const profile = open();
  const { url } = await guarded();
  await profile.run(['add', 'locked', url]);
  const refused = await profile.run(['tools', 'locked', '--json']);
  expect(refused.status).toBe(3);
  expect(refused.stderr).toMatch(/^fairlead: [^\n]+\n$/);
  expect(json(refused)).toMatchObject({ error: { code: 'secret_missing' } });

  const wrong = await profile.run(['add', 'wrong', url, '--secret-stdin'], { stdin: 'not-the-key' });
  expect(wrong.stdout).toContain('did not take this key');
  expect((await profile.run(['tools', 'wrong'])).status).toBe(3);
  expect((await profile.run(['doctor', 'wrong'])).status).toBe(3);
  expect((await profile.run(['tools', 'unknown'])).status).toBe(1);
  expect((await profile.run(['add', 'locked', url])).status).toBe(1);
});

test('a key given to add is nowhere but in the vault', async () => {
  const profile = open();
  const { url, key } = await guarded();
  const added = await profile.run(['add', 'notes', url, '--secret-env', 'KEY'], { env: { KEY: key } });
  const called = await profile.run(['call', 'notes', 'list_notes']);
  await profile.run(['stop']);
  const files = ['config.json', 'audit.jsonl', join('log', 'core.log')];
  const kept = files.map((file) => readFileSync(join(profile.home, file), 'utf8'));
  expect([...kept, added.stdout, added.stderr, called.stdout].join('\n')).not.toContain(key);
  for (const file of files) {
    expect(statSync(join(profile.home, file)).mode & 0o777).toBe(0o600);
    expect(statSync(dirname(join(profile.home, file))).mode & 0o777).toBe(0o700);
  }
});

test('what a container says cannot act on the terminal', async () => {
  const profile = open();
  const url = await hostileContainer();
  await profile.run(['add', 'evil', url]);
  const tools = await profile.run(['tools', 'evil']);
  const called = await profile.run(['call', 'evil', 'x']);
  const status = await profile.run(['status']);
  for (const { stdout, stderr } of [tools, called, status, await profile.run(['doctor', 'evil'])]) {
    for (const act of ['\u001b', '\u009b', '\u202e', '\u0007']) expect(stdout + stderr).not.toContain(act);
  }
  expect(called.stdout).toContain('\\u{1b}[2J');
  expect(called).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/tool reported an error/) as string,
  });
});

/** Everything it says carries what terminals act on. */
async function hostileContainer(): Promise<string> {
  const hostile = 'evil\u001b[2J\u001b]0;t\u0007\u202e\u009b31m';
  const results: Record<string, object> = {
    initialize: {
      protocolVersion: '2025-06-18',
      capabilities: { tools: {} },
      serverInfo: { name: hostile, version: hostile },
    },
    ping: {},
    'tools/list': { tools: [{ name: hostile, description: hostile, inputSchema: { type: 'object' } }] },
    'tools/call': { content: [{ type: 'text', text: hostile }, { type: hostile }], isError: true },
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const message = (body === '' ? {} : JSON.parse(body)) as { id?: number; method?: string };
      const result = results[message.method ?? ''];
      if (request.method !== 'POST') response.writeHead(405).end();
      else if (message.id === undefined || result === undefined) response.writeHead(202).end();
      else {
        response.writeHead(200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ jsonrpc: '2.0', id: message.id, result }));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

test('every command has help with an example', async () => {
  const profile = open();
  const whole = await profile.run(['--help']);
  expect(whole.status).toBe(0);
  const names = [...whole.stdout.matchAll(/^ {2}([a-z]+) .*\[|^ {2}([a-z]+)(?= +<)/gm)].map(
    (match) => match[1] ?? match[2] ?? '',
  );
  expect(names).toEqual(
    expect.arrayContaining([
      'stdio',
      'add',
      'list',
      'status',
      'remove',
      'tools',
      'call',
      'doctor',
      'core',
      'stop',
      'logs',
      'activity',
      'audit',
      'login',
      'logout',
      'whoami',
    ]),
  );
  for (const name of names) {
    const { stdout, stderr, status } = await profile.run([name, '--help']);
    expect(status).toBe(0);
    // An endpoint's stdout carries MCP and nothing else.
    expect(name === 'stdio' ? stderr : stdout, name).toContain('Example');
  }
});
