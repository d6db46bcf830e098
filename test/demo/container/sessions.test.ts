import { expect, test, vi } from 'vitest';
import { createToken, revokeToken } from '../../../demo/container/guard/token-file.ts';
import { initializeBody, openClient, openContainer, post } from './running.ts';

/** A session without an SDK, so that the test sees the wire. */
async function openSession(
  url: string,
  headers: Record<string, string> = {},
): Promise<Record<string, string>> {
  const response = await post(url, initializeBody, headers);
  expect(response.status).toBe(200);
  await response.text();
  const session = { ...headers, 'mcp-session-id': response.headers.get('mcp-session-id') ?? '' };
  const accepted = await post(
    url,
    JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }),
    session,
  );
  expect(accepted.status).toBe(202);
  return session;
}

const listTools = JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/list' });

test.each(['2024-11-05', '2025-03-26', '2025-06-18', '2025-11-25'])('speaks protocol %s', async (version) => {
  const { url } = await openContainer();
  const response = await post(url, initializeBody.replace('2025-06-18', version));
  expect(await response.text()).toContain(`"protocolVersion":"${version}"`);
});

test('a session begins with initialize and ends with DELETE', async () => {
  const { url } = await openContainer();
  const { client, transport } = await openClient(url);
  const id = transport.sessionId ?? '';
  expect(id).toMatch(/^[0-9a-f-]{36}$/);
  await client.listTools();
  await transport.terminateSession();
  expect((await post(url, listTools, { 'mcp-session-id': id })).status).toBe(404);
});

test('refuses a session that is none', async () => {
  const { url } = await openContainer();
  expect((await post(url, listTools)).status).toBe(400);
  expect((await post(url, listTools, { 'mcp-session-id': 'made-up' })).status).toBe(404);
  expect((await fetch(url, { headers: { accept: 'text/event-stream' } })).status).toBe(400);
  expect((await fetch(url, { method: 'DELETE' })).status).toBe(400);
  expect((await post(url, '{"jsonrpc": ')).status).toBe(400);
  expect((await post(url.replace('/mcp', '/other'), listTools)).status).toBe(404);
});

test('takes a second GET stream once the first was dropped', async () => {
  const { url } = await openContainer();
  const session = await openSession(url);
  const headers = { accept: 'text/event-stream', ...session };
  const dropped = new AbortController();
  expect((await fetch(url, { headers, signal: dropped.signal })).status).toBe(200);
  expect((await fetch(url, { headers })).status).toBe(409);
  dropped.abort();
  const again = new AbortController();
  await vi.waitFor(
    async () => expect((await fetch(url, { headers, signal: again.signal })).status).toBe(200),
    5_000,
  );
  again.abort();
});

test('a cancelled job stops: no more progress and no answer', async () => {
  const { url } = await openContainer();
  const session = await openSession(url);
  const job = { name: 'slow_job', arguments: { seconds: 20, steps: 200 }, _meta: { progressToken: 'p' } };
  const response = await post(
    url,
    JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: job }),
    session,
  );
  let received = '';
  const reading = (async () => {
    for await (const chunk of response.body!) received += Buffer.from(chunk as Uint8Array).toString();
  })();
  await vi.waitFor(() => expect(received).toContain('"progress":2'), 5_000);

  const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 7 } };
  expect((await post(url, JSON.stringify(cancelled), session)).status).toBe(202);
  const length = received.length;
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(received.length).toBe(length);
  expect(received).not.toContain('"id":7');
  await fetch(url, { method: 'DELETE', headers: session });
  await reading;
});

test('a client that is gone in mid-job harms nobody', async () => {
  const { url } = await openContainer();
  const session = await openSession(url);
  const job = { name: 'slow_job', arguments: { seconds: 0.3, steps: 10 }, _meta: { progressToken: 'p' } };
  const body = JSON.stringify({ jsonrpc: '2.0', id: 7, method: 'tools/call', params: job });
  const response = await post(url, body, session);
  await response.body?.cancel();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect((await post(url, listTools, session)).status).toBe(200);
});

test("one caller cannot use another's session", async () => {
  const secrets: string[] = [];
  const { url } = await openContainer(async (config) => {
    for (const name of ['one', 'two']) secrets.push(await createToken(config, name));
  });
  const session = await openSession(url, { authorization: `Bearer ${secrets[0]!}` });
  expect((await post(url, listTools, session)).status).toBe(200);
  expect((await post(url, listTools, { ...session, authorization: `Bearer ${secrets[1]!}` })).status).toBe(
    404,
  );
});

test('a revoked token is out at once, and its open stream ends', async () => {
  let secret = '';
  const { url, config } = await openContainer(async (file) => (secret = await createToken(file, 'one')));
  const session = await openSession(url, { authorization: `Bearer ${secret}` });
  const stream = await fetch(url, { headers: { accept: 'text/event-stream', ...session } });
  expect(stream.status).toBe(200);

  await revokeToken(config, 'one');
  expect((await post(url, listTools, session)).status).toBe(401);
  await expect(stream.text()).resolves.toBe('');
  const replacement = await createToken(config, 'one');
  expect((await post(url, initializeBody, { authorization: `Bearer ${replacement}` })).status).toBe(200);
});

test('closing ends open streams and refuses new connections', async () => {
  const container = await openContainer();
  const session = await openSession(container.url);
  const stream = await fetch(container.url, { headers: { accept: 'text/event-stream', ...session } });
  await Promise.all([container.close(), container.close()]);
  await stream.text().catch(() => undefined);
  await expect(post(container.url, initializeBody)).rejects.toThrow();
});
