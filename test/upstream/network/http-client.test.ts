import { getEventListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, expect, test, vi } from 'vitest';
import type { HttpResponse } from '../../../electron/credentials/exchange.ts';
import { createHttpClient, type HttpClient } from '../../../electron/upstream/network/http-client.ts';
import { wasSent } from '../../../electron/upstream/network/network-errors.ts';
import {
  bodyOf,
  failureOf,
  requestTo,
  startTcpServer,
  startWebServer,
  textFrom,
  type WebServer,
} from '../../support/web-server.ts';

const open: (HttpClient | WebServer)[] = [];
function client(options: { callConnections?: number; connectTimeoutMs?: number } = {}): HttpClient {
  const made = createHttpClient({ tls: {}, env: {}, ...options });
  open.push(made);
  return made;
}
async function serve(server: Promise<WebServer>): Promise<WebServer> {
  open.push(await server);
  return server;
}
afterEach(async () => {
  for (const each of open.splice(0)) await ('close' in each ? each.close() : each[Symbol.asyncDispose]());
});

const head = (...lines: string[]) => ['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n');

test('sends the request as it is and gives the response as it came', async () => {
  const server = await serve(
    startWebServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        response.writeHead(202, { 'mcp-session-id': 'abc', 'set-cookie': ['a=1', 'b=2'] });
        response.end(
          JSON.stringify([request.method, request.url, request.headers, Buffer.concat(chunks).toString()]),
        );
      });
    }),
  );
  const url = new URL('/mcp?a=1&b=%20', server.url);
  const body = new TextEncoder().encode('{"jsonrpc": "2.0"}');
  const response = await client().send(requestTo(url, { headers: { accept: 'text/event-stream' }, body }));
  expect(response.status).toBe(202);
  expect(response.header('mcp-session-id')).toBe('abc');
  expect(response.header('set-cookie')).toBe('a=1, b=2');
  expect(response.header('absent')).toBeUndefined();
  expect(JSON.parse(await bodyOf(response))).toEqual([
    'POST',
    '/mcp?a=1&b=%20',
    { host: url.host, connection: 'keep-alive', accept: 'text/event-stream', 'content-length': '18' },
    '{"jsonrpc": "2.0"}',
  ]);
});

test('sends a part of a larger buffer, an empty body, GET and DELETE', async () => {
  const server = await serve(
    startWebServer((request, response) => {
      let size = 0;
      request.on('data', (chunk: Buffer) => (size += chunk.length));
      request.on('end', () => response.end(`${request.method ?? ''} ${size}`));
    }),
  );
  const { send } = client();
  const part = new Uint8Array(new ArrayBuffer(100), 10, 20);
  expect(await textFrom(send, requestTo(server.url, { body: part }))).toBe('POST 20');
  expect(await textFrom(send, requestTo(server.url, { body: new Uint8Array() }))).toBe('POST 0');
  expect(await textFrom(send, requestTo(server.url, { method: 'GET' }))).toBe('GET 0');
  expect(await textFrom(send, requestTo(server.url, { method: 'DELETE' }))).toBe('DELETE 0');
});

test('uses one connection again and again', async () => {
  const server = await serve(startWebServer((_, response) => response.end('ok')));
  const { send } = client();
  for (let i = 0; i < 50; i += 1) expect(await textFrom(send, requestTo(server.url))).toBe('ok');
  expect(server.connections()).toBeLessThanOrEqual(2);
});

test('follows no redirect', async () => {
  let requests = 0;
  const server = await serve(
    startWebServer((_, response) => {
      requests += 1;
      response.writeHead(307, { location: '/elsewhere' }).end();
    }),
  );
  const response = await client().send(requestTo(server.url));
  response.discard();
  expect([response.status, response.header('location'), requests]).toEqual([307, '/elsewhere', 1]);
});

test('passes over informational responses', async () => {
  const server = await serve(
    startTcpServer((socket) => {
      socket.once('data', () =>
        socket.write(`HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n${head('content-length: 2')}ok`),
      );
    }),
  );
  const response = await client().send(requestTo(server.url));
  expect([response.status, response.header('link'), await bodyOf(response)]).toEqual([200, undefined, 'ok']);
});

test('bounds the call lane, and lets the other lanes pass by it', async () => {
  const held: (() => void)[] = [];
  const server = await serve(
    startWebServer((request, response) => {
      if (request.url === '/held') held.push(() => response.end('done'));
      else response.end('at once');
    }),
  );
  const { send } = client({ callConnections: 2 });
  const heldUrl = new URL('/held', server.url);
  const calls = Array.from({ length: 6 }, () => textFrom(send, requestTo(heldUrl)));
  await vi.waitFor(() => expect(held.length).toBe(2), 20_000);
  expect(await textFrom(send, requestTo(server.url, { lane: 'signal' }))).toBe('at once');
  const streams = Array.from({ length: 20 }, () =>
    send(requestTo(heldUrl, { method: 'GET', lane: 'stream' })),
  );
  await vi.waitFor(() => expect(held.length).toBe(22), 20_000);
  expect(await textFrom(send, requestTo(server.url, { lane: 'signal' }))).toBe('at once');
  const release = setInterval(() => held.splice(0).forEach((end) => end()), 5);
  expect(await Promise.all(calls)).toEqual(Array(6).fill('done'));
  for (const response of await Promise.all(streams)) expect(await bodyOf(response)).toBe('done');
  clearInterval(release);
});

test('answers 2,000 requests at once on one signal, each with its own answer and without a warning', async () => {
  const warnings: Error[] = [];
  const listen = (warning: Error) => void warnings.push(warning);
  process.on('warning', listen);
  const server = await serve(
    startWebServer((request, response) => {
      request.resume().on('end', () => response.end(request.headers['x-number']));
    }),
  );
  const { send } = client();
  const { signal } = new AbortController();
  const answers = await Promise.all(
    Array.from({ length: 2_000 }, (_, i) =>
      textFrom(send, requestTo(server.url, { headers: { 'x-number': String(i) }, signal })),
    ),
  );
  expect(answers).toEqual(Array.from({ length: 2_000 }, (_, i) => String(i)));
  expect(server.connections()).toBeLessThanOrEqual(256);
  await wait(10);
  process.off('warning', listen);
  expect(warnings).toEqual([]);
});

test('ends 1,000 aborted requests at once, and serves the next one', async () => {
  const server = await serve(
    startWebServer((request, response) => {
      if (request.url === '/free') response.end('free');
    }),
  );
  const { send } = client({ callConnections: 64 });
  const controller = new AbortController();
  const outcomes = Array.from({ length: 1_000 }, () =>
    failureOf(send(requestTo(server.url, { signal: controller.signal }))),
  );
  await vi.waitFor(() => expect(server.connections()).toBe(64), 20_000);
  const reason = new Error('Enough.');
  controller.abort(reason);
  expect(new Set(await Promise.all(outcomes))).toEqual(new Set([reason]));
  expect(await textFrom(send, requestTo(new URL('/free', server.url)))).toBe('free');
});

test('keeps what arrives before the reader does', async () => {
  const server = await serve(startWebServer((_, response) => response.end('early')));
  const response = await client().send(requestTo(server.url));
  await wait(50);
  expect(await bodyOf(response)).toBe('early');
});

test('stops reading from the network while paused, and loses nothing', async () => {
  const total = 64 * 1024 * 1024;
  let written = 0;
  const server = await serve(
    startWebServer((_, response) => {
      const chunk = Buffer.alloc(256 * 1024, 'x');
      const pump = () => {
        while (written < total) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', pump);
        }
        response.end();
      };
      pump();
    }),
  );
  const response = await client().send(requestTo(server.url));
  let read = 0;
  const finished = new Promise<void>((resolve, reject) => {
    response.read({
      data(chunk) {
        read += chunk.byteLength;
        response.pause();
      },
      end: resolve,
      fail: reject,
    });
  });
  await wait(300);
  const stalledAt = { read, written };
  await wait(300);
  expect({ read, written }).toEqual(stalledAt);
  expect(written).toBeLessThan(total / 2);
  const pump = setInterval(() => response.resume(), 0);
  // One chunk per tick would take long: read the rest freely.
  await wait(50);
  clearInterval(pump);
  response.pause = () => undefined;
  response.resume();
  await finished;
  expect(read).toBe(total);
});

test('leaves a body that nobody reads in the network', async () => {
  let written = 0;
  const server = await serve(
    startWebServer((_, response) => {
      const chunk = Buffer.alloc(256 * 1024);
      const pump = () => {
        for (;;) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', pump);
        }
      };
      pump();
    }),
  );
  const response = await client().send(requestTo(server.url));
  await wait(300);
  const before = written;
  await wait(200);
  expect(written).toBe(before);
  response.discard();
});

test('one reader may resume another from within its own data', async () => {
  const server = await serve(
    startWebServer((request, response) => {
      response.write('a');
      request.resume();
      setTimeout(() => response.end('b'), 30);
    }),
  );
  const { send } = client();
  const [first, second] = await Promise.all([send(requestTo(server.url)), send(requestTo(server.url))]);
  const got: string[] = [];
  const read = (response: HttpResponse, other: HttpResponse, name: string) =>
    new Promise<void>((resolve, reject) => {
      response.read({
        data(chunk) {
          got.push(name + Buffer.from(chunk).toString());
          response.pause();
          other.resume();
          setTimeout(() => response.resume(), 5);
        },
        end: resolve,
        fail: reject,
      });
    });
  await Promise.all([read(first, second, '1'), read(second, first, '2')]);
  expect(got.sort()).toEqual(['1a', '1b', '2a', '2b']);
});

test('uses the connection again after a short rest was discarded, but not after a long or endless one', async () => {
  const server = await serve(
    startWebServer((request, response) => {
      if (request.url === '/short') response.end('x'.repeat(1_000));
      else if (request.url === '/long') response.end('x'.repeat(10_000_000));
      else response.writeHead(200, { 'content-type': 'text/event-stream' }).write(': hello\n\n');
    }),
  );
  const { send } = client();
  const discard = async (path: string) => {
    const response = await send(requestTo(new URL(path, server.url)));
    response.discard();
    response.discard();
    await wait(30);
  };
  await discard('/short');
  await discard('/short');
  expect(server.connections()).toBe(1);
  await discard('/long');
  await discard('/endless');
  await vi.waitFor(() => expect(server.sockets.size).toBe(0), 20_000);
  await discard('/short');
  expect(server.connections()).toBe(3);
});

test('a body that trickles on after it was discarded loses its connection', async () => {
  const server = await serve(startWebServer((_, response) => void response.write('x')));
  const response = await client().send(requestTo(server.url));
  response.discard();
  await vi.waitFor(() => expect(server.sockets.size).toBe(0), 20_000);
});

test('an abort before sending sends nothing', async () => {
  const server = await serve(startWebServer((_, response) => response.end()));
  const reason = new Error('Before.');
  expect(await failureOf(client().send(requestTo(server.url, { signal: AbortSignal.abort(reason) })))).toBe(
    reason,
  );
  expect(server.connections()).toBe(0);
});

test('an abort while connecting sends nothing, and the connection serves the next request', async () => {
  const paths: string[] = [];
  const server = await serve(
    startWebServer((request, response) => {
      paths.push(request.url ?? '');
      response.end('ok');
    }),
  );
  const { send } = client();
  const controller = new AbortController();
  const outcome = failureOf(send(requestTo(new URL('/aborted', server.url), { signal: controller.signal })));
  const reason = { any: 'value' };
  controller.abort(reason);
  expect(await outcome).toBe(reason);
  await vi.waitFor(() => expect(server.connections()).toBe(1), 20_000);
  expect(await textFrom(send, requestTo(new URL('/next', server.url)))).toBe('ok');
  expect(paths).toEqual(['/next']);
  expect(server.connections()).toBe(1);
});

test('an abort in the queue sends nothing and costs no connection', async () => {
  const paths: string[] = [];
  const held: (() => void)[] = [];
  const server = await serve(
    startWebServer((request, response) => {
      paths.push(request.url ?? '');
      held.push(() => response.end('ok'));
    }),
  );
  const { send } = client({ callConnections: 1 });
  const first = textFrom(send, requestTo(new URL('/first', server.url)));
  const controller = new AbortController();
  const queued = Array.from({ length: 5 }, () =>
    failureOf(send(requestTo(new URL('/queued', server.url), { signal: controller.signal }))),
  );
  const last = textFrom(send, requestTo(new URL('/last', server.url)));
  await vi.waitFor(() => expect(held.length).toBe(1), 20_000);
  controller.abort();
  expect(await Promise.all(queued)).toEqual(Array(5).fill(controller.signal.reason));
  const release = setInterval(() => held.splice(0).forEach((end) => end()), 5);
  expect(await Promise.all([first, last])).toEqual(['ok', 'ok']);
  clearInterval(release);
  expect(paths).toEqual(['/first', '/last']);
  expect(server.connections()).toBe(1);
});

test('an abort while waiting for the answer ends the exchange on the wire', async () => {
  const server = await serve(startWebServer(() => undefined));
  const controller = new AbortController();
  const outcome = failureOf(client().send(requestTo(server.url, { signal: controller.signal })));
  await vi.waitFor(() => expect(server.sockets.size).toBe(1), 20_000);
  await wait(20);
  controller.abort();
  expect(await outcome).toBe(controller.signal.reason);
  await vi.waitFor(() => expect(server.sockets.size).toBe(0), 20_000);
});

test('an abort within the body fails the reader exactly once, paused or not yet reading', async () => {
  const server = await serve(startWebServer((_, response) => void response.write('half')));
  const { send } = client();
  for (const mode of ['reading', 'paused', 'not reading']) {
    const controller = new AbortController();
    const response = await send(requestTo(server.url, { signal: controller.signal }));
    const heard: unknown[] = [];
    const sink = {
      data: (chunk: Uint8Array) => void heard.push(Buffer.from(chunk).toString()),
      end: () => void heard.push('end'),
      fail: (error: unknown) => void heard.push(error),
    };
    if (mode !== 'not reading') response.read(sink);
    if (mode === 'paused') response.pause();
    await wait(20);
    controller.abort();
    if (mode === 'not reading') response.read(sink);
    await wait(20);
    response.resume();
    response.discard();
    await wait(5);
    const reason: unknown = controller.signal.reason;
    expect([mode, heard]).toEqual([mode, mode === 'not reading' ? [reason] : ['half', reason]]);
  }
});

test('an abort fails a reader that is paused before what has all arrived, and a later one at once', async () => {
  const server = await serve(startWebServer((_, response) => response.end('all')));
  const { send } = client();
  const controller = new AbortController();
  const paused = await send(requestTo(server.url, { signal: controller.signal }));
  const unread = await send(requestTo(server.url, { signal: controller.signal }));
  paused.pause();
  const body = failureOf(bodyOf(paused));
  await wait(20);
  controller.abort();
  expect(await body).toBe(controller.signal.reason);
  expect(await failureOf(bodyOf(unread))).toBe(controller.signal.reason);
  expect(server.sockets.size).toBe(1);
});

test('leaves no listener on a signal that outlives its exchanges', async () => {
  const server = await serve(startWebServer((request, response) => response.end(request.method)));
  const { send } = client();
  const { signal } = new AbortController();
  await textFrom(send, requestTo(server.url, { signal }));
  (await send(requestTo(server.url, { signal }))).discard();
  await failureOf(send(requestTo(new URL('http://127.0.0.1:1/'), { signal })));
  await failureOf(send(requestTo(server.url, { signal, headers: { 'x-key': '\n' } })));
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('a reader that throws ends its own exchange and no other', async () => {
  const server = await serve(startWebServer((_, response) => response.end('x')));
  const { send } = client();
  const response = await send(requestTo(server.url));
  const error = new Error('The reader is broken.');
  const failed = await new Promise((resolve) =>
    response.read({
      data() {
        throw error;
      },
      end: () => resolve('end'),
      fail: resolve,
    }),
  );
  expect(failed).toBe(error);
  expect(await textFrom(send, requestTo(server.url))).toBe('x');
});

test('a refused connection sent nothing', async () => {
  const server = await startWebServer(() => undefined);
  await server[Symbol.asyncDispose]();
  const error = await failureOf(client().send(requestTo(server.url)));
  expect(error).toMatchObject({
    code: 'connect_failed',
    message: expect.stringContaining('refused') as string,
  });
  expect(wasSent(error)).toBe(false);
});

test('an unknown name is told as such, and sent nothing', async () => {
  const error = await failureOf(client().send(requestTo(new URL('http://no-such-host.invalid/mcp'))));
  expect(error).toMatchObject({ code: 'name_not_found' });
  expect(wasSent(error)).toBe(false);
});

test('a header that HTTP forbids sent nothing, and is not quoted', async () => {
  const server = await serve(startWebServer((_, response) => response.end()));
  const error = await failureOf(client().send(requestTo(server.url, { headers: { 'x-key': 'se\ncret' } })));
  expect(error).toMatchObject({
    code: 'config_invalid',
    message: expect.not.stringContaining('cret') as string,
  });
  expect(wasSent(error)).toBe(false);
  expect(server.connections()).toBe(0);
});

test('a reset before the answer counts as sent', async () => {
  const server = await serve(startTcpServer((socket) => socket.once('data', () => socket.resetAndDestroy())));
  const error = await failureOf(client().send(requestTo(server.url)));
  expect(error).toMatchObject({ code: 'connection_lost' });
  expect(wasSent(error)).toBe(true);
});

test.each([
  ['a reset', (end: { reset(): void; end(): void }) => end.reset()],
  ['an early end', (end: { reset(): void; end(): void }) => end.end()],
])('%s within the body gives what came and then fails as lost', async (_, finish) => {
  const server = await serve(
    startTcpServer((socket) => {
      socket.once('data', () => {
        socket.write(`${head('content-length: 100')}half`);
        setTimeout(() => finish({ reset: () => socket.resetAndDestroy(), end: () => socket.end() }), 50);
      });
    }),
  );
  const response = await client().send(requestTo(server.url));
  const chunks: string[] = [];
  const error = await new Promise((resolve) =>
    response.read({
      data: (chunk) => void chunks.push(Buffer.from(chunk).toString()),
      end: () => resolve('end'),
      fail: resolve,
    }),
  );
  expect(chunks).toEqual(['half']);
  expect(error).toMatchObject({ code: 'connection_lost' });
  expect(wasSent(error)).toBe(true);
});

test('what is not HTTP is told as such', async () => {
  const server = await serve(
    startTcpServer((socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n'))),
  );
  const error = await failureOf(client().send(requestTo(server.url)));
  expect(error).toMatchObject({ code: 'protocol_violation' });
});

test('a compressed answer is refused, a compressed refusal only seen', async () => {
  const server = await serve(
    startWebServer((request, response) => {
      const status = Number(request.url?.slice(1));
      response.writeHead(status, { 'content-encoding': 'gzip' }).end('x');
    }),
  );
  const { send } = client();
  const error = await failureOf(send(requestTo(new URL('/200', server.url))));
  expect(error).toMatchObject({ code: 'protocol_violation' });
  const refused = await send(requestTo(new URL('/401', server.url)));
  expect([refused.status, refused.header('content-encoding')]).toEqual([401, 'gzip']);
  refused.discard();
});

test('a connection that the server closed while idle is replaced without the request noticing', async () => {
  const server = await serve(startWebServer((_, response) => response.end('ok')));
  const { send } = client();
  for (let i = 1; i <= 20; i += 1) {
    expect(await textFrom(send, requestTo(server.url))).toBe('ok');
    for (const socket of server.sockets) socket.destroy();
    // The end of the connection is on its way to the client, or there and not yet read.
    if (i % 2 === 0) await wait(2);
  }
});

test('keeps to the time that a server names for idle connections', async () => {
  const server = await serve(
    startWebServer((_, response) => {
      response.writeHead(200, { 'keep-alive': 'timeout=2' }).end('ok');
    }),
  );
  const { send } = client();
  await textFrom(send, requestTo(server.url));
  await wait(300);
  expect(server.sockets.size).toBe(1);
  await vi.waitFor(() => expect(server.sockets.size).toBe(0), 3_500);
});

test('warms a connection without sending anything', async () => {
  let bytes = 0;
  const server = await serve(
    startTcpServer((socket) => {
      socket.on('data', (chunk) => {
        bytes += chunk.length;
        socket.write(`${head('content-length: 2')}ok`);
      });
    }),
  );
  const made = client();
  made.warm(server.url);
  await vi.waitFor(() => expect(server.connections()).toBe(1), 20_000);
  await wait(30);
  expect([bytes, server.sockets.size]).toEqual([0, 1]);
  expect(await textFrom(made.send, requestTo(server.url))).toBe('ok');
  expect(server.connections()).toBe(1);
});

test('opens connections anew when it is told to, and leaves what is in flight where it is', async () => {
  let answer: (() => void) | undefined;
  const ports: (number | undefined)[] = [];
  const server = await serve(
    startWebServer(({ url, socket }, response) => {
      ports.push(socket.remotePort);
      if (url === '/slow') answer = () => response.end('slow');
      else response.end('ok');
    }),
  );
  const http = client();
  const ask = () => textFrom(http.send, requestTo(server.url));
  await ask();
  await ask();
  const slow = textFrom(http.send, requestTo(new URL('/slow', server.url)));
  await vi.waitFor(() => expect(answer).toBeDefined(), 20_000);
  http.reconnect();
  // Before anybody asks for it.
  await vi.waitFor(() => expect(server.sockets.size).toBe(2), 20_000);
  await ask();
  expect(new Set(ports.slice(0, 3)).size).toBe(1);
  expect(ports[3]).not.toBe(ports[0]);
  answer?.();
  expect(await slow).toBe('slow');
  await vi.waitFor(() => expect(server.sockets.size).toBe(1), 20_000);
});

test('gives up connecting in time, the TLS handshake included', async () => {
  const server = await serve(startTcpServer(() => undefined));
  const url = new URL(server.url);
  url.protocol = 'https:';
  const error = await failureOf(client({ connectTimeoutMs: 300 }).send(requestTo(url)));
  expect(error).toMatchObject({ code: 'connect_timed_out' });
  expect(wasSent(error)).toBe(false);
});

test('closing ends what is in flight, once each, and refuses what comes later', async () => {
  const server = await serve(startWebServer((_, response) => void response.write('half')));
  const made = client();
  const response = await made.send(requestTo(server.url));
  const body = failureOf(bodyOf(response));
  const connecting = failureOf(made.send(requestTo(server.url)));
  await made.close();
  expect(await body).toMatchObject({ code: 'connection_lost' });
  expect(await connecting).toMatchObject({ code: 'connection_lost' });
  const late = await failureOf(made.send(requestTo(server.url)));
  expect(late).toMatchObject({ code: 'connection_lost' });
  expect(wasSent(late)).toBe(false);
  await made.close();
  await vi.waitFor(() => expect(server.sockets.size).toBe(0), 20_000);
});
