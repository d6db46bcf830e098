import { expect, test } from 'vitest';
import type { Container } from '../../shared/container.ts';
import { createHttpClient } from '../../electron/upstream/network/http-client.ts';
import { probeContainer } from '../../electron/upstream/probe.ts';
import { startLegacyServer } from '../support/legacy-server.ts';
import { startEraServer, type Speaks } from '../support/era-server.ts';
import { ordinaryServer, startScriptedServer, type ScriptedRequest } from '../support/scripted-server.ts';

async function probe(url: URL) {
  const http = createHttpClient({ tls: {}, env: {} });
  const container: Container = {
    name: 'probed',
    url: url.href,
    transport: 'auto',
    auth: { method: 'none' },
    tls: {},
    timeoutSeconds: 120,
  };
  try {
    return await probeContainer(container, http.send);
  } finally {
    await http.close();
  }
}

test('tells the transport, the protocol and the server’s name, and leaves no session behind', async () => {
  await using server = await startScriptedServer(ordinaryServer());
  expect(await probe(server.url)).toMatchObject({
    outcome: 'mcp',
    transport: 'http',
    protocolVersion: '2025-11-25',
    server: { name: 'scripted', version: '1' },
  });
  expect(server.seen()).toEqual(['POST initialize', 'POST server/discover', 'DELETE']);
});

test.each<[string, Speaks, string]>([
  ['the newer protocol alone', 'newer', '2026-07-28'],
  ['both protocols', 'both', '2026-07-28'],
  ['the older protocol alone', 'older', '2025-11-25'],
])('knows a server that speaks %s', async (_name, kind, protocolVersion) => {
  await using server = await startEraServer(kind);
  expect(await probe(server.url)).toMatchObject({
    outcome: 'mcp',
    transport: 'http',
    protocolVersion,
    server: { name: 'modern' },
  });
});

test('finds HTTP+SSE and closes its stream', async () => {
  await using server = await startLegacyServer();
  expect(await probe(server.url)).toMatchObject({
    outcome: 'mcp',
    transport: 'sse',
    protocolVersion: '2024-11-05',
  });
  await expect.poll(() => server.streams.size).toBe(0);
});

test.each<[string, (request: ScriptedRequest) => void, object]>([
  [
    'a key',
    (r) => r.status(401, '', { 'www-authenticate': 'Bearer' }),
    { outcome: 'auth_required', challenge: 'bearer' },
  ],
  [
    'a sign-in',
    (r) => r.status(401, '', { 'www-authenticate': 'Bearer error="x", resource_metadata="https://x/"' }),
    { outcome: 'auth_required', challenge: 'oauth' },
  ],
  ['something it does not name', (r) => r.status(401), { outcome: 'auth_required' }],
  ['other rights', (r) => r.status(403), { outcome: 'auth_required' }],
  [
    'nothing, being a web page',
    (r) => r.response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
    { outcome: 'not_mcp' },
  ],
  [
    'nothing, being a missing page',
    (r) => r.status(404, '<p>', { 'content-type': 'text/html' }),
    { outcome: 'not_mcp' },
  ],
  ['nothing, being other JSON', (r) => r.json({ hello: 1 }), { outcome: 'not_mcp' }],
  [
    'another protocol',
    (r) => r.json({ jsonrpc: '2.0', id: r.rpc.id, error: { code: 1, message: 'x' } }),
    { outcome: 'not_mcp' },
  ],
])('tells a server that wants %s', async (_name, answer, expected) => {
  await using server = await startScriptedServer(answer);
  expect(await probe(server.url)).toMatchObject(expected);
});

test('tells a server that nothing answers for', async () => {
  const server = await startScriptedServer(ordinaryServer());
  await server.close();
  const report = await probe(server.url);
  expect(report.outcome).toBe('unreachable');
  expect(report.summary).toContain('refused');
});
