import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { everyScope, maya, openPlatform, requestOf } from './platform/running.ts';

const program = resolve('demo/scripted-browser.mjs');

async function browse(url: string, password = maya.password) {
  const child = spawn(program, [url], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], FAIRLEAD_DEMO_EMAIL: maya.email, FAIRLEAD_DEMO_PASSWORD: password },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  await exited;
  return { out, err, status: child.exitCode };
}

async function openCallback() {
  const visits: URL[] = [];
  const server = createServer((request, response) => {
    visits.push(new URL(request.url ?? '', 'http://127.0.0.1'));
    response.end('<p>Done.</p>');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { visits, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback` };
}

test('signs in and allows, and arrives at the program’s callback', async () => {
  const platform = await openPlatform();
  const { visits, url } = await openCallback();
  const request = requestOf(platform, await platform.client(), { redirect_uri: url });
  expect(await browse(request.url.href)).toEqual({ out: '', err: '', status: 0 });
  expect(visits.map(({ pathname }) => pathname)).toEqual(['/callback']);
  expect(visits[0]?.searchParams.get('code')).toBeTruthy();
});

test('signs in a device by the link with its code', async () => {
  const platform = await openPlatform();
  const clientId = await platform.client();
  const asked = (await (
    await platform.post('/device/auth', { client_id: clientId, scope: everyScope })
  ).json()) as Record<string, string>;
  expect(await browse(asked['verification_uri_complete'] ?? '')).toMatchObject({ err: '', status: 0 });
  const tokens = await platform.tokens({
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    client_id: clientId,
    device_code: asked['device_code'] ?? '',
  });
  expect(tokens.refresh_token).toBeTruthy();
});

test('fails with one line, and never shows the password', async () => {
  const platform = await openPlatform();
  const { url } = requestOf(platform, await platform.client());
  const wrong = await browse(url.href, 'not-the-password');
  expect(wrong).toMatchObject({ out: '', status: 1 });
  expect(wrong.err).toMatch(
    /^scripted browser: met status 422 at http:\/\/127\.0\.0\.1:\d+\/interaction\/\S+\n$/,
  );
  expect(wrong.err).not.toContain('not-the-password');
  expect((await browse('https://example.com/')).err).toContain('not this machine');
});
