import { once } from 'node:events';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import type { ControlDeps } from '../../electron/control/deps.ts';
import { createNetwork } from '../../electron/upstream/network/network.ts';
import { jsonRpcError, FairleadError } from '../../shared/errors.ts';
import { createTlsAuthority, type TlsAuthority } from '../support/tls-authority.ts';
import { openControlPair } from './control-pair.ts';
import { scriptedContainer } from './scripted-container.ts';

let authority: TlsAuthority;
beforeAll(() => {
  authority = createTlsAuthority();
  return () => authority[Symbol.dispose]();
});

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

function tlsServer(): Server {
  const { cert, key } = authority.issue();
  return createTlsServer({ cert, key }, (socket) => void socket.on('error', () => undefined)).on(
    'tlsClientError',
    () => undefined,
  );
}

/** Layer → outcome of one container's examination. */
async function examine(
  url: string,
  { tls = {}, secret, deps = {} }: { tls?: object; secret?: string; deps?: Partial<ControlDeps> } = {},
) {
  const { client } = await openControlPair(deps);
  await client.call('containers.add', {
    name: 'a',
    draft: { url, transport: 'auto', tls },
    probe: false,
    ...(secret === undefined ? {} : { secret }),
  });
  const layers = await client.call('doctor', { name: 'a' });
  for (const { outcome, help } of layers) if (outcome === 'failed') expect(help).toMatch(/^[A-Z].+\.$/);
  return {
    layers,
    outcomes: Object.fromEntries(layers.map(({ layer, outcome }) => [layer, outcome])),
    failed: layers.filter(({ outcome }) => outcome === 'failed'),
  };
}

test('without a name it looks at what all containers need', async () => {
  const { client } = await openControlPair();
  const layers = await client.call('doctor', {});
  expect(layers.map(({ layer, outcome }) => [layer, outcome])).toEqual([
    ['keychain', 'ok'],
    ['core', 'ok'],
  ]);
});

test('goes through every layer of a container that is well', async () => {
  const port = await listen(createTcpServer((socket) => socket.on('error', () => undefined)));
  const { outcomes, layers } = await examine(`http://localhost:${port}/mcp`, { secret: 'key' });
  expect(outcomes).toEqual({
    keychain: 'ok',
    core: 'ok',
    dns: 'ok',
    tcp: 'ok',
    proxy: 'skipped',
    tls: 'skipped',
    discovery: 'skipped',
    token: 'ok',
    mcp: 'ok',
  });
  expect(layers.at(-1)?.detail).toContain('2025-11-25');
});

test('says of a container that takes the newer protocol that it does', async () => {
  const port = await listen(createTcpServer((socket) => socket.on('error', () => undefined)));
  const deps = { newerVersion: () => Promise.resolve('2026-07-28') };
  const { layers } = await examine(`http://localhost:${port}/mcp`, { secret: 'key', deps });
  expect(layers.at(-1)?.detail).toContain('2026-07-28');
});

test('names the layer of a port that nobody listens at', async () => {
  const server = createTcpServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  const { failed, outcomes } = await examine(`http://127.0.0.1:${port}/mcp`);
  expect(failed).toMatchObject([{ layer: 'tcp', help: expect.any(String) as string }]);
  expect(outcomes['mcp']).toBe('skipped');
});

test('names the layer of a name that does not exist', async () => {
  // RFC 6761 §6.4: never resolves.
  const { failed } = await examine('https://nothing.invalid/mcp');
  expect(failed).toMatchObject([{ layer: 'dns' }]);
});

test('stops where the name means another container by now', async () => {
  // Takes connections, and says nothing on them.
  let seen: () => void = () => undefined;
  const second = new Promise<void>((resolve) => (seen = resolve));
  const sockets: Socket[] = [];
  const port = await listen(
    createTcpServer((socket) => {
      if (sockets.push(socket) === 2) seen();
    }),
  );
  const { client } = await openControlPair();
  const draft = { url: `https://127.0.0.1:${port}/mcp`, transport: 'auto' as const, tls: {} };
  await client.call('containers.add', { name: 'a', draft, probe: false });
  const examined = client.call('doctor', { name: 'a' });
  await second;
  await client.call('containers.remove', { name: 'a' });
  const moved = { ...draft, url: 'https://elsewhere.example/mcp' };
  await client.call('containers.add', { name: 'a', draft: moved, probe: false });
  for (const socket of sockets) socket.destroy();
  const last = (await examined).at(-1);
  expect(last).toMatchObject({ layer: 'mcp', outcome: 'failed' });
  expect(last?.detail).toContain('were changed');
});

test('shows the public key of a server that it trusts', async () => {
  const port = await listen(tlsServer());
  const { outcomes, layers } = await examine(`https://127.0.0.1:${port}/mcp`, {
    tls: { ca: authority.caFile },
  });
  expect(outcomes['tls']).toBe('ok');
  expect(layers.find(({ layer }) => layer === 'tls')?.detail).toMatch(/sha256\/.{43}= \(not pinned\)/);
});

test('names the layer of a certificate that it does not trust', async () => {
  const port = await listen(tlsServer());
  const { failed } = await examine(`https://127.0.0.1:${port}/mcp`);
  expect(failed).toMatchObject([{ layer: 'tls', help: expect.stringContaining('--ca') as string }]);
});

test('names the layer of a key that is not the pinned one', async () => {
  const port = await listen(tlsServer());
  const { failed } = await examine(`https://127.0.0.1:${port}/mcp`, {
    tls: { ca: authority.caFile, pins: [`sha256/${'A'.repeat(43)}=`] },
  });
  expect(failed).toMatchObject([
    { layer: 'tls', detail: expect.stringContaining('but the pin is') as string },
  ]);
});

test('says of a server that does not speak TLS, and of one whose certificate is for another name, just that', async () => {
  const plain = await listen(
    createTcpServer((socket) => void socket.on('error', () => undefined).end('HTTP/1.1 400\r\n\r\n')),
  );
  const none = await examine(`https://127.0.0.1:${plain}/mcp`);
  expect(none.failed).toMatchObject([{ layer: 'tls', detail: `127.0.0.1:${plain} does not speak TLS.` }]);
  const port = await listen(tlsServer());
  const other = await examine(`https://ip6-localhost:${port}/mcp`, { tls: { ca: authority.caFile } });
  if (other.outcomes['tcp'] === 'ok') expect(other.failed[0]?.detail).toContain('issued for another name');
});

test('where nobody listens at the proxy, it is the proxy that is to be mended', async () => {
  const server = createTcpServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  const network = createNetwork({ HTTPS_PROXY: `http://127.0.0.1:${port}` }, () => undefined);
  const { failed } = await examine('https://host.example/mcp', { deps: { network } });
  expect(failed).toMatchObject([
    {
      layer: 'tcp',
      detail: expect.stringContaining('The proxy: Nothing answers') as string,
      help: expect.stringContaining('NO_PROXY') as string,
    },
  ]);
});

test('a profile that cannot be written is a fault of the core', async () => {
  const { client } = await openControlPair({ home: '/proc/self/nowhere' });
  const layers = await client.call('doctor', {});
  expect(layers.find(({ layer }) => layer === 'core')).toMatchObject({
    outcome: 'failed',
    help: expect.stringContaining('/proc/self/nowhere') as string,
  });
});

test.each(['protocol_violation', 'timed_out', 'connection_lost', 'internal', 'remote_error'] as const)(
  'has a sentence on what to do about %s, though the error has none',
  async (code) => {
    const port = await listen(createTcpServer((socket) => socket.on('error', () => undefined)));
    const error = jsonRpcError(new FairleadError(code, 'It failed.'));
    const { failed } = await examine(`http://127.0.0.1:${port}/mcp`, {
      deps: { openLoopback: () => scriptedContainer(() => ({ own: true, error })) },
    });
    expect(failed).toMatchObject([{ layer: 'mcp', help: expect.any(String) as string }]);
  },
);

test('with a proxy it looks at the way to the proxy', async () => {
  const port = await listen(createTcpServer());
  const network = createNetwork({ HTTPS_PROXY: `http://me:hunter2@127.0.0.1:${port}` }, () => undefined);
  const { outcomes, layers } = await examine('https://host.example/mcp', { deps: { network } });
  expect(outcomes).toMatchObject({ dns: 'skipped', tcp: 'ok', proxy: 'ok', tls: 'skipped', mcp: 'ok' });
  expect(JSON.stringify(layers)).not.toContain('hunter2');
});

test.each([
  ['unauthorized', 'token'],
  ['proxy_failed', 'proxy'],
  ['pin_mismatch', 'tls'],
] as const)('puts the error %s on the layer %s', async (code, guilty) => {
  const port = await listen(createTcpServer((socket) => socket.on('error', () => undefined)));
  const error = jsonRpcError(new FairleadError(code, 'It failed.', { help: 'Mend it.' }));
  const { failed, outcomes } = await examine(`http://127.0.0.1:${port}/mcp`, {
    secret: 'key',
    deps: { openLoopback: () => scriptedContainer(() => ({ own: true, error })) },
  });
  expect(failed).toMatchObject([{ layer: guilty, detail: 'It failed.', help: 'Mend it.' }]);
  expect(outcomes['mcp']).toBe('skipped');
});
