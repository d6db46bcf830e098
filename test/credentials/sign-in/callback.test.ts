import { connect } from 'node:net';
import { request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { openCallback } from '../../../electron/credentials/sign-in/callback.ts';
import { failureOf } from '../../support/web-server.ts';

const state = 'the-state-of-this-sign-in';

async function open(options: { port?: number; preferredPort?: number; lifetimeMs?: number } = {}) {
  const controller = new AbortController();
  const callback = await openCallback({ state, signal: controller.signal, ...options });
  onTestFinished(() => callback.close());
  return { callback, controller, port: Number(new URL(callback.redirectUri).port) };
}

/** A browser's request, or one that somebody made up. */
function visit(
  port: number,
  path: string,
  options: { method?: string; host?: string; body?: string } = {},
): Promise<{ status: number; text: string; headers: NodeJS.Dict<string | string[]> }> {
  const { method = 'GET', host = `127.0.0.1:${port}`, body } = options;
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, method, headers: { host } }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text, headers: response.headers }),
      );
    })
      .on('error', reject)
      .end(body);
  });
}

test('is on 127.0.0.1 at a port of its own, and hands over the query of the browser that comes back', async () => {
  const { callback, port } = await open();
  expect(callback.redirectUri).toBe(`http://127.0.0.1:${port}/callback`);
  const page = await visit(port, `/callback?code=c1&state=${state}&iss=https%3A%2F%2Fas.example`);
  expect(page.status).toBe(200);
  const answer = await callback.answer;
  expect(answer.searchParams.get('code')).toBe('c1');
  expect(answer.searchParams.get('iss')).toBe('https://as.example');
  await expect(visit(port, `/callback?code=c2&state=${state}`)).rejects.toThrow();
});

test('refuses whatever is not this sign-in, and the real one still succeeds', async () => {
  const { callback, port } = await open();
  const forged: [path: string, options?: { method?: string; host?: string; body?: string }][] = [
    ['/callback?code=stolen&state=guessed'],
    ['/callback?code=stolen'],
    ['/callback?error=access_denied'],
    ['/callback?error=access_denied&state='],
    [`/callback?code=stolen&state=${state}&state=${state}`],
    [`/callback?code=stolen&state=${state}x`],
    [`/callback/?code=stolen&state=${state}`],
    [`/Callback?code=stolen&state=${state}`],
    [`/callback;x?code=stolen&state=${state}`],
    [`//callback?code=stolen&state=${state}`],
    ['/'],
    [`/callback?code=stolen&state=${state}`, { method: 'POST', body: 'code=stolen' }],
    [`/callback?code=stolen&state=${state}`, { method: 'HEAD' }],
    [`/callback?code=stolen&state=${state}`, { host: 'evil.example' }],
    [`/callback?code=stolen&state=${state}`, { host: `localhost:${port}` }],
  ];
  for (const [path, options] of forged) expect((await visit(port, path, options)).status, path).toBe(400);
  expect((await visit(port, `/callback?code=real&state=${state}`)).status).toBe(200);
  expect((await callback.answer).searchParams.get('code')).toBe('real');
});

test('shows the same page whatever comes with the request, and lets it run nothing', async () => {
  const pages = await Promise.all(
    ['<script>alert(1)</script>', 'plain'].map(async (text) => {
      const { port } = await open();
      const description = encodeURIComponent(text);
      return visit(port, `/callback?error=access_denied&error_description=${description}&state=${state}`);
    }),
  );
  expect(pages[0]!.text).toBe(pages[1]!.text);
  expect(pages[0]!.headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/);
  expect(pages[0]!.headers['cache-control']).toBe('no-store');
  expect(pages[0]!.headers['referrer-policy']).toBe('no-referrer');
});

test('a flood of idle and of slow connections does not keep the browser out', async () => {
  const { callback, port } = await open();
  const sockets = Array.from({ length: 300 }, () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined).on('connect', () => socket.write('GET /callback?sta'));
    return socket;
  });
  onTestFinished(() => sockets.forEach((socket) => void socket.destroy()));
  await wait(300);
  expect((await visit(port, `/callback?code=real&state=${state}`)).status).toBe(200);
  await callback.answer;
});

test('ends with the sign-in, or when nobody comes', async () => {
  const { callback, controller, port } = await open();
  controller.abort(new Error('ended'));
  await expect(callback.answer).rejects.toThrow('ended');
  await expect(visit(port, '/callback')).rejects.toThrow();
  const late = await open({ lifetimeMs: 50 });
  expect(await failureOf(late.callback.answer)).toMatchObject({ code: 'sign_in_failed' });
  await expect(visit(late.port, '/callback')).rejects.toThrow();
});

test('keeps a configured port or fails in words; a preferred one is only tried', async () => {
  const first = await open();
  expect(await failureOf(open({ port: first.port }))).toMatchObject({
    code: 'sign_in_failed',
    help: expect.stringContaining('--callback-port') as string,
  });
  const second = await open({ preferredPort: first.port });
  expect(second.port).not.toBe(first.port);
  first.callback.close();
  await wait(50);
  expect((await open({ preferredPort: first.port })).port).toBe(first.port);
});
