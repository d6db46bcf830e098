import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { createMemoryVault } from '../../electron/credentials/memory-vault.ts';
import { frameHead, frameTypes } from '../../electron/socket/frames.ts';
import type { ContainerDraft } from '../../shared/control.ts';
import { FairleadError } from '../../shared/errors.ts';
import type { LogEntry, Snapshot } from '../../shared/status.ts';
import { openControlPair } from './control-pair.ts';
import { scriptedContainer } from './scripted-container.ts';

const draft: ContainerDraft = { url: 'https://host.example/mcp', transport: 'auto', tls: {} };
const canary = 'hunter2-canary';

test('adds a container, says what probing found, lists it and removes it', async () => {
  const { client, ended } = await openControlPair();
  const added = await client.call('containers.add', { name: 'notes', draft, probe: true });
  expect(added).toMatchObject({
    container: { name: 'notes', auth: { method: 'none' } },
    probe: { outcome: 'mcp' },
  });
  expect(await client.call('containers.list', {})).toEqual([added.container]);
  expect(await client.call('containers.remove', { name: 'notes' })).toEqual(added.container);
  expect(ended).toEqual(['notes']);
  expect(await client.call('containers.list', {})).toEqual([]);
});

test('keeps a secret with the broker and shows it to nobody', async () => {
  const { client, deps, logs } = await openControlPair();
  const { container } = await client.call('containers.add', {
    name: 'notes',
    draft,
    probe: true,
    secret: canary,
  });
  expect(container.auth).toEqual({ method: 'api_key', header: 'Authorization' });
  const owner = { container, configured: true };
  expect(await deps.broker.presence(owner)).toBe('present');
  const shown = [
    await client.call('status', {}),
    await client.call('containers.list', {}),
    await client.call('doctor', { name: 'notes' }),
    await logs.last(100),
  ];
  expect(JSON.stringify(shown)).not.toContain(canary);
  await client.call('containers.remove', { name: 'notes' });
  expect(await deps.broker.presence(owner)).toBe('missing');
});

test('a server that asks for something is entered with a key', async () => {
  const { client } = await openControlPair({
    probe: () =>
      Promise.resolve({ outcome: 'auth_required', challenge: 'bearer', elapsedMs: 1, summary: 'A key.' }),
  });
  const { container } = await client.call('containers.add', { name: 'notes', draft, probe: true });
  expect(container.auth.method).toBe('api_key');
});

test('a name that is taken keeps its container and its secret', async () => {
  const { client, deps } = await openControlPair();
  const { container } = await client.call('containers.add', {
    name: 'a',
    draft,
    probe: false,
    secret: canary,
  });
  await expect(
    client.call('containers.add', { name: 'a', draft, probe: false, secret: 'other' }),
  ).rejects.toMatchObject({ code: 'container_exists' });
  expect(await deps.broker.presence({ container, configured: true })).toBe('present');
});

test('a secret that the keychain does not give up keeps its container', async () => {
  const locked = new FairleadError('keychain_locked', 'The keychain is locked.');
  const vault = { ...createMemoryVault(), delete: () => Promise.reject(locked) };
  const pair = await openControlPair({}, vault);
  await pair.client.call('containers.add', { name: 'a', draft, probe: false, secret: canary });
  await expect(pair.client.call('containers.remove', { name: 'a' })).rejects.toMatchObject({
    code: 'keychain_locked',
  });
  expect(await pair.client.call('containers.list', {})).toHaveLength(1);
});

test.each([
  ['http://host.example/mcp', 'usage'],
  ['https://me:pw@host.example/mcp', 'usage'],
])('refuses the address %s whoever sends it', async (url, code) => {
  const { client } = await openControlPair();
  const add = client.call('containers.add', { name: 'a', draft: { ...draft, url }, probe: false });
  await expect(add).rejects.toMatchObject({ code });
});

test('lists and calls tools, and an unknown container is named so', async () => {
  const result = { content: [{ type: 'text', text: 'hi' }] };
  const { client } = await openControlPair({
    openLoopback: () =>
      scriptedContainer(({ method }) => {
        if (method === 'tools/list') return { result: { tools: [{ name: 'greet', inputSchema: {} }] } };
        return method === 'tools/call' ? { result } : undefined;
      }),
  });
  await client.call('containers.add', { name: 'a', draft, probe: false });
  expect(await client.call('tools.list', { name: 'a' })).toMatchObject({ tools: [{ name: 'greet' }] });
  const called = await client.call('tools.call', { name: 'a', tool: 'greet', arguments: {} });
  expect(called.result).toEqual(result);
  await expect(client.call('tools.list', { name: 'b' })).rejects.toMatchObject({ code: 'container_unknown' });
});

test('an unexpected error gives its name to the log and its text to nobody', async () => {
  const { client, logs } = await openControlPair({
    probe: () => Promise.reject(new TypeError(canary)),
  });
  const probing = client.call('containers.probe', { draft });
  await expect(probing).rejects.toMatchObject({ code: 'internal' });
  const log = JSON.stringify(await logs.last(10));
  expect(log).toContain('TypeError');
  expect(log).not.toContain(canary);
});

test('refuses input that is not as the contract says, and goes on', async () => {
  const { client } = await openControlPair();
  await expect(client.call('logs', { last: -1 })).rejects.toMatchObject({ code: 'usage' });
  await expect(client.call('nonsense' as 'status', {})).rejects.toMatchObject({ code: 'invalid_request' });
  await expect(client.call('constructor' as 'status', {})).rejects.toMatchObject({ code: 'invalid_request' });
  expect((await client.call('core.info', {})).version).toBe('1.2.3');
});

test.each([
  ['no JSON', frameTypes.control, '{'],
  ['no request', frameTypes.control, '{"type":"command"}'],
  ['another frame', frameTypes.line, '{}'],
])('a client that sends %s is let go', async (_what, type, text) => {
  const { client, socket } = await openControlPair();
  socket.write(Buffer.concat([frameHead(type, 0, text.length), Buffer.from(text)]));
  await client.closed;
  await expect(client.call('status', {})).rejects.toMatchObject({ code: 'core_lost' });
});

test('has connections opened anew, for a reason that it knows', async () => {
  const { client, ended } = await openControlPair();
  expect(await client.call('core.reconnect', { reason: 'resume' })).toEqual({});
  expect(ended).toEqual(['connections']);
  const unknown = { reason: 'boredom' } as unknown as { reason: 'resume' };
  await expect(client.call('core.reconnect', unknown)).rejects.toMatchObject({ code: 'usage' });
});

test('answers before it ends the core', async () => {
  const { client, ended } = await openControlPair();
  expect(await client.call('core.stop', {})).toEqual({ pid: process.pid });
  await vi.waitFor(() => expect(ended).toEqual(['core']), 20_000);
});

test('what is under way when the core goes is rejected', async () => {
  const { client, socket } = await openControlPair({ probe: () => new Promise(() => undefined) });
  const probing = client.call('containers.probe', { draft });
  await sleep(20);
  socket.destroy();
  await expect(probing).rejects.toMatchObject({ code: 'core_lost' });
});

test('sends a snapshot at once, and of a burst of changes only the last', async () => {
  const { client } = await openControlPair();
  const snapshots: Snapshot[] = [];
  client.subscribe({ snapshot: (value) => snapshots.push(value) });
  await vi.waitFor(() => expect(snapshots).toHaveLength(1), 20_000);
  for (let n = 0; n < 20; n += 1) {
    await client.call('containers.add', { name: `c${n}`, draft, probe: false });
  }
  await vi.waitFor(() => expect(snapshots.at(-1)?.containers).toHaveLength(20), 20_000);
  expect(snapshots.length).toBeLessThan(20);
  const revisions = snapshots.map(({ revision }) => revision);
  expect([...revisions].sort((a, b) => a - b)).toEqual(revisions);
});

test('sends what is logged, and nothing that was not subscribed to', async () => {
  const { client, logs } = await openControlPair();
  const seen: LogEntry[] = [];
  client.subscribe({ log: (entry) => seen.push(entry) });
  await client.call('core.info', {});
  logs.write({ at: 1, level: 'info', event: 'test.event', fields: {} });
  await vi.waitFor(() => expect(seen.map(({ event }) => event)).toContain('test.event'), 20_000);
});

test('a client that stops reading costs bounded memory, loses events by count, and gets the latest snapshot', async () => {
  const { client, socket, deps, logs } = await openControlPair();
  const seen: LogEntry[] = [];
  const snapshots: Snapshot[] = [];
  client.subscribe({ log: (entry) => seen.push(entry), snapshot: (value) => snapshots.push(value) });
  await client.call('core.info', {});
  socket.pause();
  const total = 20_000;
  for (let n = 0; n < total; n += 1) {
    logs.write({ at: n, level: 'info', event: 'test.flood', fields: { count: n } });
    if (n % 1_000 === 0) await sleep(1);
  }
  deps.registry.add({ name: 'last', ...draft, auth: { method: 'none' }, timeoutSeconds: 120 });
  await sleep(100);
  socket.resume();
  await vi.waitFor(() => expect(snapshots.at(-1)?.containers).toHaveLength(1), 10_000);
  const flood = seen.filter(({ event }) => event === 'test.flood').length;
  const dropped = seen.find(({ event }) => event === 'control.events_dropped');
  expect(flood).toBeGreaterThan(0);
  expect(flood + Number(dropped?.fields['count'])).toBe(total);
});

test('a client that only asks and never reads is not read from', async () => {
  const { client, socket, logs } = await openControlPair();
  for (let n = 0; n < 2_000; n += 1) logs.write({ at: n, level: 'info', event: 'test.event', fields: {} });
  await client.call('core.info', {});
  socket.pause();
  let full = false;
  for (let n = 0; n < 20_000 && !full; n += 1) {
    const request = JSON.stringify({ type: 'command', id: 1000 + n, name: 'logs', input: { last: 2_000 } });
    full = !socket.write(
      Buffer.concat([frameHead(frameTypes.control, 0, request.length), Buffer.from(request)]),
    );
    if (n % 50 === 0) await sleep(1);
  }
  expect(full).toBe(true);
  const drained = once(socket, 'drain');
  socket.resume();
  await drained;
});
