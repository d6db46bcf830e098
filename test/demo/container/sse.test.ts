import { expect, test, vi } from 'vitest';
import { createToken, revokeToken } from '../../../demo/container/guard/token-file.ts';
import { initializeBody, openClient, openContainer, post } from './running.ts';
import { openEventStream, openSseClient } from './sse-client.ts';

const sseOf = (url: string) => url.replace(/\/mcp$/, '/sse');

test('serves all that /mcp does', async () => {
  const { url } = await openContainer();
  const [client, other] = [await openSseClient(sseOf(url)), await openClient(url)];
  const { tools } = await client.listTools();
  expect(tools).toEqual((await other.client.listTools()).tools);
  const big = await client.callTool({ name: 'big_result', arguments: { kilobytes: 8_192 } });
  const [content] = big.content;
  expect(content?.type === 'text' ? content.text.length : 0).toBe(8_192 * 1_024);

  let changed = 0;
  client.setNotificationHandler('notifications/resources/list_changed', () => void (changed += 1));
  await other.client.callTool({ name: 'add_note', arguments: { text: 'seen by both' } });
  await vi.waitFor(() => expect(changed).toBe(1), 20_000);
});

test('reports progress', async () => {
  const { url } = await openContainer();
  const client = await openSseClient(sseOf(url));
  let steps = 0;
  await client.callTool(
    { name: 'slow_job', arguments: { seconds: 0.1, steps: 3 } },
    { onprogress: () => void (steps += 1) },
  );
  // The SDK's client may take the answer before the last of them.
  expect(steps).toBeGreaterThanOrEqual(2);
});

test('asks for the key at the stream and at each message', async () => {
  let secret = '';
  const { url } = await openContainer(async (config) => (secret = await createToken(config, 'one')));
  expect((await fetch(sseOf(url))).status).toBe(401);
  const headers = { authorization: `Bearer ${secret}` };
  const stream = await openEventStream(sseOf(url), headers);
  expect(stream.status).toBe(200);
  expect(stream.headers.get('content-type')).toBe('text/event-stream');
  expect((await post(await stream.endpoint, initializeBody)).status).toBe(401);
  expect((await post(await stream.endpoint, initializeBody, headers)).status).toBe(202);
  await stream.until(/event: message\ndata: \{.*"protocolVersion":"2025-06-18"/);
});

test('another’s session is as good as none, and a revoked key ends its own', async () => {
  const secrets: string[] = [];
  const { url, config } = await openContainer(async (file) => {
    for (const name of ['one', 'two']) secrets.push(await createToken(file, name));
  });
  const [one, two] = secrets.map((secret) => ({ authorization: `Bearer ${secret}` }));
  const stream = await openEventStream(sseOf(url), one);
  expect((await post(await stream.endpoint, initializeBody, two)).status).toBe(404);
  expect(
    (await post(`${sseOf(url).replace('/sse', '/messages')}?session=guess`, initializeBody, one)).status,
  ).toBe(404);
  await revokeToken(config, 'one');
  await expect(stream.until(/never/)).rejects.toThrow('ended');
});

test('refuses what is no message, and goes on', async () => {
  const { url } = await openContainer();
  const stream = await openEventStream(sseOf(url));
  for (const wrong of ['', '{', '[]', '{"jsonrpc":"1.0","id":1,"method":"ping"}', '"ping"'])
    expect((await post(await stream.endpoint, wrong)).status, wrong).toBe(400);
  expect((await post(await stream.endpoint, `"${'x'.repeat(5 * 1_024 * 1_024)}"`)).status).toBe(413);
  expect((await post(await stream.endpoint, initializeBody)).status).toBe(202);
  await stream.until(/event: message\n/);
});

test('a session ends with its stream', async () => {
  const { url } = await openContainer();
  const stream = await openEventStream(sseOf(url));
  const endpoint = await stream.endpoint;
  stream.end();
  await vi.waitFor(async () => expect((await post(endpoint, initializeBody)).status).toBe(404), 20_000);
});

test('a web page that points its own name here is refused', async () => {
  const { url } = await openContainer();
  expect((await fetch(sseOf(url), { headers: { origin: 'https://evil.example' } })).status).toBe(403);
});
