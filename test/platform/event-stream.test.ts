import { expect, onTestFinished, test, vi } from 'vitest';
import { readEvents } from '../../electron/platform/event-stream.ts';
import { createHttpClient } from '../../electron/upstream/network/http-client.ts';
import { startWebServer } from '../support/web-server.ts';

/** A platform that sends this, over and over until it is left. */
async function reading(text: string) {
  const server = await startWebServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const go = () => {
      while (!response.destroyed && response.write(text));
    };
    response.on('drain', go);
    go();
  });
  onTestFinished(() => server[Symbol.asyncDispose]());
  const http = createHttpClient({ tls: {}, env: {} });
  onTestFinished(() => http.close());
  const passed: string[] = [];
  const over = new AbortController();
  onTestFinished(() => over.abort());
  const end = readEvents(
    {
      events: (issuer, _, signal) =>
        http.send({ method: 'GET', url: new URL(issuer), headers: {}, signal, lane: 'stream' }),
    },
    {
      ...{ issuer: server.url.href, after: '0', signal: over.signal, silentMs: 20_000 },
      heard: () => undefined,
      passed: (id) => void passed.push(id),
      change: () => undefined,
    },
  );
  end.catch(() => undefined);
  return { server, passed, end };
}

test('an event that never ends is given up, and its connection closed', async () => {
  const { server, end } = await reading(`data: ${'x'.repeat(1_024)}\n`);
  await expect(end).rejects.toMatchObject({ code: 'answer_too_large' });
  await vi.waitFor(() => expect(server.sockets.size).toBe(0), 20_000);
});

test('a stream of however many events is none too large', async () => {
  const { passed } = await reading(`id: 7\nevent: of a later version\ndata: ${'x'.repeat(64 * 1_024)}\n\n`);
  await vi.waitFor(() => expect(passed.length).toBeGreaterThan(100), { timeout: 40_000 });
});
