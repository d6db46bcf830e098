import { expect, test, vi } from 'vitest';
import type { Send } from '../../electron/credentials/exchange.ts';
import { createHttpClient } from '../../electron/upstream/network/http-client.ts';
import { exitStatus, jsonRpcError } from '../../shared/errors.ts';
import type { Snapshot } from '../../shared/status.ts';
import { openRig, type RigOptions } from '../support/sign-in-rig.ts';
import { failureOf } from '../support/web-server.ts';
import { openControlPair } from './control-pair.ts';
import { scriptedContainer } from './scripted-container.ts';

const slow = { timeout: 40_000 };

/**
 * A control client of a core that has one container, to be signed in to.
 * @param asking until then a stranger is not answered
 */
async function openSignIn(options: RigOptions = {}, asking = () => Promise.resolve()) {
  const rig = await openRig(options);
  const pair = await openControlPair({
    broker: rig.broker,
    stranger: () => {
      const client = createHttpClient({ tls: {}, env: {} });
      const send: Send = async (request) => {
        await asking();
        return client.send(request);
      };
      return { send, close: () => client.close() };
    },
    openLoopback: () =>
      scriptedContainer(() => ({ own: true, error: jsonRpcError(thrown ?? new Error('It was let in.')) })),
  });
  pair.deps.registry.add(rig.owner.container);
  let thrown: unknown;
  const snapshots: Snapshot[] = [];
  return {
    ...pair,
    rig,
    snapshots,
    /** What a call fails with, by way of JSON-RPC and of the control API. */
    failedCall: async () => {
      thrown = await failureOf(rig.call());
      return failureOf(pair.client.call('tools.call', { name: 'notes', tool: 'any', arguments: {} }));
    },
  };
}

test('auth signs in, does nothing where that is done, and does it anew when told', async () => {
  const { client, rig } = await openSignIn();
  expect(await client.call('auth', { name: 'notes' })).toEqual(rig.owner.container);
  expect(await rig.broker.presence(rig.owner)).toBe('present');
  await client.call('auth', { name: 'notes' });
  expect(rig.opened()).toHaveLength(1);
  await client.call('auth', { name: 'notes', fresh: true });
  expect(rig.opened()).toHaveLength(2);
  expect(rig.server.registrations()).toBe(2);
  expect(await rig.call()).toBe(200);
});

test('of a container that is removed while it is asked how people sign in, nobody is led to a sign-in', async () => {
  let answer: () => void = () => undefined;
  const asked = new Promise<void>((resolve) => (answer = resolve));
  const { client, rig } = await openSignIn({}, () => asked);
  const refused = failureOf(client.call('auth', { name: 'notes' }));
  await client.call('containers.remove', { name: 'notes' });
  answer();
  expect(await refused).toMatchObject({ code: 'cancelled' });
  expect(rig.opened()).toEqual([]);
  expect(await rig.broker.presence(rig.owner)).toBe('missing');
});

test('auth of a container that nobody signs in to, or that is not there, is said so', async () => {
  const { client, deps } = await openSignIn();
  deps.registry.add({
    name: 'open',
    url: 'https://host.example/mcp',
    transport: 'auto',
    auth: { method: 'none' },
    tls: {},
    timeoutSeconds: 1,
  });
  await expect(client.call('auth', { name: 'open' })).rejects.toMatchObject({ code: 'usage' });
  await expect(client.call('auth.forget', { name: 'open' })).rejects.toMatchObject({ code: 'usage' });
  await expect(client.call('auth', { name: 'nobody' })).rejects.toMatchObject({ code: 'container_unknown' });
});

test('where to sign in is in the snapshot while it waits, and gone afterwards', async () => {
  const { client, rig, snapshots } = await openSignIn({ mode: 'closed' });
  client.subscribe({ snapshot: (value) => snapshots.push(value) });
  const signingIn = client.call('auth', { name: 'notes' });
  await vi.waitFor(
    () => expect(snapshots.at(-1)?.pendingSignIns).toEqual([{ container: 'notes', url: rig.opened()[0] }]),
    slow,
  );
  vi.stubEnv('BROWSER_MODE', undefined);
  await Promise.all([signingIn, client.call('auth', { name: 'notes' })]);
  await vi.waitFor(() => expect(snapshots.at(-1)?.pendingSignIns).toEqual([]), 20_000);
});

test('after auth.forget a call asks for a sign-in: the link is in the error, and a command ends with 3', async () => {
  const { client, rig, failedCall } = await openSignIn({ waitMs: 300 });
  await client.call('auth', { name: 'notes' });
  expect(await client.call('auth.forget', { name: 'notes' })).toEqual(rig.owner.container);
  expect(rig.server.revocations()).toBe(2);
  await client.call('auth.forget', { name: 'notes' });

  vi.stubEnv('BROWSER_MODE', 'closed');
  const failure = await failedCall();
  expect(failure).toMatchObject({ code: 'sign_in_needed', url: rig.broker.pending()[0]?.url });
  expect(failure).toHaveProperty('url', expect.stringContaining(rig.server.issuer));
  expect(exitStatus(failure)).toBe(3);
});

test('a sign-in ends when whoever asked for it has gone', async () => {
  const { client, rig } = await openSignIn({ mode: 'closed' });
  const asked = failureOf(client.call('auth', { name: 'notes' }));
  await vi.waitFor(() => expect(rig.broker.pending()).toHaveLength(1), slow);
  const callback = new URL(rig.broker.pending()[0]?.url ?? '').searchParams.get('redirect_uri') ?? '';
  client.close();
  expect(await asked).toMatchObject({ code: 'core_lost' });
  await vi.waitFor(() => expect(rig.broker.pending()).toEqual([]), slow);
  await expect(fetch(callback)).rejects.toThrow();
  expect(rig.logs).toContainEqual(
    expect.objectContaining({
      event: 'sign_in.failed',
      fields: expect.objectContaining({ code: 'cancelled' }) as object,
    }),
  );
});

test('a sign-in stays for the clients that wait for it besides', async () => {
  const { client, rig } = await openSignIn({ mode: 'closed' });
  const waiting = rig.call();
  await vi.waitFor(() => expect(rig.opened()).toHaveLength(1), slow);
  const asked = failureOf(client.call('auth', { name: 'notes' }));
  await vi.waitFor(() => expect(rig.opened()).toHaveLength(2), slow);
  client.close();
  await asked;
  vi.stubEnv('BROWSER_MODE', undefined);
  await rig.broker.signIn(rig.owner);
  expect(await waiting).toBe(200);
  // The same sign-in each time.
  expect(new Set(rig.opened()).size).toBe(1);
});
