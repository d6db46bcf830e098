import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { filesIn, textIn } from '../support/canary.ts';
import { openProfile } from '../support/fairlead.ts';
import { ordinaryServer, scriptListener, startScriptedServer } from '../support/scripted-server.ts';
import { createTlsAuthority } from '../support/tls-authority.ts';
import { startTcpServer, startTlsServer } from '../support/web-server.ts';

const slow = { timeout: 30_000 };

/** A promise, and what it waits for. */
function createGate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

test('of a container that is removed while it is being examined nothing stays, and nobody asks it anything', async () => {
  const authority = createTlsAuthority();
  onTestFinished(() => authority[Symbol.dispose]());
  const asked: string[] = [];
  const listener = scriptListener(ordinaryServer(), ({ what }) => asked.push(what));
  await using server = await startTlsServer(authority.issue(), listener);
  // Takes connections, and says nothing on them before the gate opens.
  const { opened, open } = createGate();
  await using gate = await startTcpServer((socket) => {
    void opened.then(() => {
      const on = connect(server.port, '127.0.0.1').on('error', () => socket.destroy());
      socket.pipe(on).pipe(socket);
      socket.on('close', () => on.destroy());
    });
  });
  await using profile = openProfile();
  const url = `https://127.0.0.1:${gate.port}/mcp`;
  const added = await profile.run(['add', 'notes', url, '--ca', authority.caFile, '--no-probe']);
  expect(added).toMatchObject({ status: 0 });

  const examined = profile.run(['doctor', 'notes', '--json']);
  // One to see that somebody is there, and one for TLS.
  await vi.waitFor(() => expect(gate.connections()).toBe(2), slow);
  expect(await profile.run(['remove', 'notes'])).toMatchObject({ status: 0 });
  open();
  const layers = JSON.parse((await examined).stdout) as { layer: string; outcome: string; detail: string }[];
  expect(layers.find(({ layer }) => layer === 'tls')).toMatchObject({ outcome: 'ok' });
  expect(layers.at(-1)).toMatchObject({ layer: 'mcp', outcome: 'failed' });
  expect(layers.at(-1)?.detail).toContain('no container named "notes"');
  expect(asked).toEqual([]);
  const status = JSON.parse((await profile.run(['status', '--json'])).stdout) as object;
  expect(status).toMatchObject({ containers: [], sessions: [] });
});

test('clients that come back to changed settings stay, while their sessions before still end', async () => {
  const authority = createTlsAuthority();
  onTestFinished(() => authority[Symbol.dispose]());
  const { opened, open } = createGate();
  const methods: string[] = [];
  const script = ordinaryServer((request) => {
    methods.push(request.what);
    if (request.method !== 'DELETE') return false;
    void opened.then(() => request.status(200));
    return true;
  });
  await using server = await startTlsServer(authority.issue(), scriptListener(script));
  await using profile = openProfile();
  const added = await profile.run(['add', 'notes', server.url.href, '--ca', authority.caFile, '--no-probe']);
  expect(added).toMatchObject({ status: 0 });
  const client = profile.endpoint(['notes']);
  await client.open();
  const sessions = () => methods.filter((what) => what === 'POST initialize').length;
  const before = sessions();

  const pinned = profile.run(['pin', 'accept', 'notes']);
  await vi.waitFor(() => expect(methods).toContain('DELETE'), slow);
  expect(await client.request('tools/list')).toHaveProperty('result');
  expect(sessions()).toBe(before + 1);
  open();
  expect(await pinned).toMatchObject({ status: 0 });
  expect(await client.request('tools/list')).toHaveProperty('result');
  expect(sessions()).toBe(before + 1);
});

test('what is added under a name whose container is still being removed keeps its key and its rules', async () => {
  const { opened, open } = createGate();
  const script = ordinaryServer((request) => {
    if (request.method !== 'DELETE') return false;
    void opened.then(() => request.status(200));
    return true;
  });
  await using server = await startScriptedServer(script);
  await using profile = openProfile();
  const add = (...more: string[]) =>
    profile.run(['add', 'notes', server.url.href, '--no-probe', '--secret-stdin', ...more], { stdin: 'key' });
  expect(await add()).toMatchObject({ status: 0 });
  const client = profile.endpoint(['notes']);
  await client.open();

  const removed = profile.run(['remove', 'notes']);
  await vi.waitFor(() => expect(server.count('DELETE')).toBe(1), slow);
  const again = add('--deny-tool', 'delete_*');
  // In time for the removal to be under way still.
  await new Promise((resolve) => setTimeout(resolve, 500));
  open();
  expect(await removed).toMatchObject({ status: 0 });
  expect(await again).toMatchObject({ status: 0 });
  const status = JSON.parse((await profile.run(['status', '--json'])).stdout) as object;
  expect(status).toMatchObject({ containers: [{ container: { name: 'notes' }, credential: 'present' }] });
  const config = JSON.parse(readFileSync(join(profile.home, 'config.json'), 'utf8')) as object;
  expect(config).toHaveProperty('policies.notes.tools', [{ deny: 'delete_*' }]);
});

test('of a key in the address of a server that is used by it nothing is kept', async () => {
  await using server = await startScriptedServer(ordinaryServer());
  await using profile = openProfile();
  const client = profile.endpoint([`${server.url.href}?key=sesame-open`]);
  await client.open();
  expect(await client.request('tools/list')).toHaveProperty('result');
  expect(await profile.run(['stop'])).toMatchObject({ status: 0 });
  for (const path of filesIn(profile.home)) expect(textIn(path), path).not.toContain('sesame');
});
