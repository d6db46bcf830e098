import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { request, type IncomingHttpHeaders } from 'node:http';
import { request as requestTls } from 'node:https';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { readConfig } from '../../../demo/container/guard/config.ts';
import { createToken } from '../../../demo/container/guard/token-file.ts';
import { startContainer } from '../../../demo/container/start.ts';
import { createTlsAuthority } from '../../support/tls-authority.ts';
import { initializeBody, openClient, openContainer, post, temporaryFolder } from './running.ts';

async function openGuarded() {
  let secret = '';
  const container = await openContainer(async (config) => (secret = await createToken(config, 'my-laptop')));
  return { ...container, secret };
}

/** A POST with any Host: fetch does not let its caller choose one. */
function statusFor(url: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const all = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    };
    request(url, { method: 'POST', headers: all }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end(initializeBody);
  });
}

test('the right key enters', async () => {
  const { url, secret } = await openGuarded();
  const { client } = await openClient(url, { secret });
  expect((await client.listTools()).tools.length).toBeGreaterThan(0);
  expect((await post(url, initializeBody, { authorization: `bearer ${secret}` })).status).toBe(200);
});

test('no key is refused with a challenge that has no error code', async () => {
  const { url } = await openGuarded();
  for (const headers of [{}, { authorization: 'Basic Zm9vOmJhcg==' }, { authorization: 'Bearer' }]) {
    const response = await post(url, initializeBody, headers);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="container"');
  }
  await expect(openClient(url)).rejects.toThrow();
});

test('a wrong key is refused with invalid_token, and is not repeated', async () => {
  const { url, secret } = await openGuarded();
  for (const wrong of [`${secret}x`, secret.slice(0, -1), secret.toUpperCase(), 'x'.repeat(8_000)]) {
    const response = await post(url, initializeBody, { authorization: `Bearer ${wrong}` });
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(
      /^Bearer realm="container", error="invalid_token", /,
    );
    expect(await response.text()).not.toContain(wrong);
  }
  await expect(openClient(url, { secret: 'wrong' })).rejects.toThrow();
});

test('refuses GET, DELETE and other paths without a key too', async () => {
  const { url } = await openGuarded();
  expect((await fetch(url)).status).toBe(401);
  expect((await fetch(url, { method: 'DELETE' })).status).toBe(401);
  expect((await fetch(url.replace('/mcp', '/'))).status).toBe(401);
});

test('a token made while the container runs enters without a restart', async () => {
  const { url, config } = await openGuarded();
  const secret = await createToken(config, 'another');
  expect((await post(url, initializeBody, { authorization: `Bearer ${secret}` })).status).toBe(200);
});

test('a config that breaks while the container runs admits nobody until it is mended', async () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const { url, config, secret } = await openGuarded();
  const authorization = `Bearer ${secret}`;
  await writeFile(config, 'auth: [');
  const broken = await post(url, initializeBody, { authorization });
  expect(broken.status).toBe(503);
  expect(await broken.json()).toEqual({ error: 'unavailable' });
  await writeFile(config, 'auth: {mode: local}');
  expect((await post(url, initializeBody, { authorization })).status).toBe(503);
  expect(stderr.mock.calls.join('\n')).toContain('line 1');
  stderr.mockRestore();

  await writeFile(config, 'auth: {mode: token}');
  const mended = await createToken(config, 'new');
  expect((await post(url, initializeBody, { authorization: `Bearer ${mended}` })).status).toBe(200);
});

test('mode local refuses a Host or Origin that is not this machine', async () => {
  const { url } = await openContainer();
  const { port } = new URL(url);
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]) {
    expect(await statusFor(url, { host })).toBe(200);
  }
  for (const host of [
    'evil.example',
    `evil.example:${port}`,
    `127.0.0.1.evil.example:${port}`,
    'localhost.evil.example',
  ]) {
    expect(await statusFor(url, { host })).toBe(403);
  }
  expect(await statusFor(url, { origin: `http://localhost:${port}` })).toBe(200);
  for (const origin of ['http://evil.example', 'null', 'https://127.0.0.1.evil.example']) {
    expect(await statusFor(url, { origin })).toBe(403);
  }
});

test('mode token refuses a foreign Origin even with the key', async () => {
  const { url, secret } = await openGuarded();
  const authorization = `Bearer ${secret}`;
  expect((await post(url, initializeBody, { authorization, origin: 'https://evil.example' })).status).toBe(
    403,
  );
});

test('every answer forbids sniffing, storing and framing', async () => {
  const { url, secret } = await openGuarded();
  const answers = [
    await post(url, initializeBody),
    await post(url, initializeBody, { authorization: `Bearer ${secret}` }),
    await post(url, initializeBody, { origin: 'https://evil.example' }),
    await fetch(url.replace('/mcp', '/nothing'), { headers: { authorization: `Bearer ${secret}` } }),
  ];
  expect(answers.map(({ status }) => status)).toEqual([401, 200, 403, 404]);
  for (const { headers } of answers) {
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toContain('no-store');
    expect(headers.get('content-security-policy')).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  }
});

test('refuses a body over 4 MiB, told or not, and goes on', async () => {
  const { url } = await openContainer();
  const big = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method: 'ping',
    params: { fill: 'x'.repeat(5 * 1_024 * 1_024) },
  });
  expect((await post(url, big)).status).toBe(413);
  const chunked = await fetch(url, {
    method: 'POST',
    body: new Blob([big]).stream(),
    duplex: 'half',
    headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
  });
  expect(chunked.status).toBe(413);
  expect((await post(url, initializeBody)).status).toBe(200);
});

test('does not start where its guard would protect nothing', async () => {
  const folder = await temporaryFolder();
  const config = join(folder, 'config.yaml');
  const start = (host: string) => startContainer({ config, port: 0, dataDir: folder, host });
  await expect(start('127.0.0.1')).rejects.toMatchObject({ code: 'config_invalid' });
  await writeFile(config, 'auth: {mode: local}');
  await expect(start('0.0.0.0')).rejects.toMatchObject({ code: 'usage' });
  await writeFile(config, 'auth: {mode: token}');
  await expect(start('0.0.0.0')).rejects.toMatchObject({ code: 'usage' });
});

test('serves https with a certificate of its own', async () => {
  const folder = await temporaryFolder();
  const [config, certFile, keyFile] = ['config.yaml', 'cert.pem', 'key.pem'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const files = ['-keyout', keyFile, '-out', certFile];
  execFileSync('openssl', ['req', '-x509', '-days', '1', ...curve, ...names, ...files], { stdio: 'ignore' });
  const [cert, key] = await Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
  await createToken(config, 'a');
  const container = await startContainer({ config, port: 0, dataDir: folder, tls: { cert, key } });
  onTestFinished(() => container.close());

  expect(container.url).toMatch(/^https:/);
  const status = await new Promise((resolve, reject) => {
    requestTls(container.url, { ca: cert, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(status).toBe(401);
});

test('takes its certificate from config.yaml, and lets nobody in by plain http', async () => {
  using authority = createTlsAuthority();
  const { certFile, keyFile } = authority.issue();
  const tls = { certificate: certFile, key: keyFile };
  const { url } = await openContainer(async (config) => {
    const secret = await createToken(config, 'a');
    expect(secret).not.toBe('');
    const { auth } = await readConfig(config);
    await writeFile(config, JSON.stringify({ auth, tls }));
  });
  expect(url).toMatch(/^https:/);
  await expect(fetch(url.replace('https:', 'http:'))).rejects.toThrow();
  const headers = await new Promise<IncomingHttpHeaders>((resolve, reject) => {
    requestTls(url, { ca: authority.ca, agent: false }, (response) => {
      response.resume();
      resolve(response.headers);
    })
      .on('error', reject)
      .end();
  });
  expect(headers['strict-transport-security']).toMatch(/^max-age=/);
});

test('behind a proxy it knows its own name, and no other', async () => {
  let secret = '';
  const { url } = await openContainer(async (config) => {
    secret = await createToken(config, 'a');
    const { auth } = await readConfig(config);
    await writeFile(config, JSON.stringify({ auth, public_url: 'https://notes.example.com/box/mcp' }));
  });
  const authorization = `Bearer ${secret}`;
  expect(await statusFor(url, { authorization, host: 'notes.example.com' })).toBe(200);
  expect(await statusFor(url, { authorization, host: 'evil.example' })).toBe(403);
  const origin = 'https://notes.example.com';
  expect(await statusFor(url, { authorization, host: 'notes.example.com', origin })).toBe(200);
});

test('says so when its port is taken', async () => {
  const { url, config, folder } = await openContainer();
  const port = Number(new URL(url).port);
  await expect(startContainer({ config, port, dataDir: folder })).rejects.toMatchObject({
    code: 'connect_failed',
  });
});
