import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { startContainer } from '../../demo/container/start.ts';
import type { ListedContainer } from '../../shared/control.ts';
import type { CreatedToken, TokenRow } from '../../shared/platform-api.ts';
import type { AccountContainer, Registration } from '../../shared/platform-control.ts';
import type { Snapshot } from '../../shared/status.ts';
import { openContainer, temporaryFolder } from '../demo/container/running.ts';
import { openCaller } from '../demo/platform/calling.ts';
import { borrowDatabase } from '../demo/platform/database.ts';
import { maya, openPlatform } from '../demo/platform/running.ts';
import { filesIn, textIn } from '../support/canary.ts';
import { type Finished } from '../support/fairlead.ts';
import { ordinaryServer, scriptListener, type ScriptedRequest } from '../support/scripted-server.ts';
import { createTlsAuthority } from '../support/tls-authority.ts';
import { startTlsServer } from '../support/web-server.ts';
import { openMayas } from '../support/mayas.ts';

const authority = createTlsAuthority();
afterAll(() => authority[Symbol.dispose]());

const long = { timeout: 120_000 };
const containerProgram = resolve('dist/container.js');

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** `fairlead tools` wants a list. */
function listsNoTools(request: ScriptedRequest): boolean {
  const { id, method } = request.rpc;
  if (method !== 'tools/list') return false;
  request.json({ jsonrpc: '2.0', id, result: { tools: [] } });
  return true;
}

const json = ({ stdout, stderr }: Finished): unknown => {
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
};

test(
  'after one sign-in hosted containers just work, and are started, stopped, renamed and removed by name',
  long,
  async () => {
    const platform = await openPlatform({ containerProgram });
    const { issuer } = platform;
    await platform.host({ userId: maya.id, name: 'box' });
    await using profile = openMayas();
    const run = (...args: string[]) => profile.run(args);
    expect(await run('platform', 'list')).toMatchObject({ status: 3, stdout: '' });
    expect(await run('login', '--platform', issuer)).toMatchObject({ status: 0 });
    // No more than the sign-in was needed.
    expect(json(await run('list', '--json')) as ListedContainer[]).toMatchObject([
      {
        name: 'box',
        status: 'sleeping',
        platform: { type: 'hosted' },
        auth: { method: 'platform_token', issuer },
      },
    ]);
    expect((await run('list')).stdout).toMatch(/^NAME +KIND +STATUS .*\nbox +hosted +sleeping +/);
    const client = profile.endpoint(['box']);
    await client.open();
    await client.call('add_note', { title: 'Kept', text: 'at the platform' });
    expect((await run('status')).stdout).toMatch(
      /signed in as maya@example\.com\. Its containers are live\./,
    );
    expect((await run('status')).stdout).toMatch(/box +connected \(running\)/);

    expect(await run('platform', 'stop', 'box')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^box sleeps/) as string,
    });
    expect(json(await run('platform', 'start', 'box', '--json')) as AccountContainer).toMatchObject({
      name: 'box',
      row: { status: 'running' },
    });
    expect(JSON.stringify(await client.call('list_notes'))).toContain('Kept');

    expect(await run('remove', 'box')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('fairlead platform remove box') as string,
    });
    expect(await run('pin', 'accept', 'box')).toMatchObject({ status: 2 });
    expect(await run('add', 'box', 'https://host.example/mcp', '--no-probe')).toMatchObject({ status: 1 });
    expect(await run('platform', 'rename', 'box', 'case')).toMatchObject({ status: 0 });
    const renamed = profile.endpoint(['case']);
    await renamed.open();
    expect(JSON.stringify(await renamed.call('list_notes'))).toContain('Kept');

    // Removed by another program of the same user's, while a client is in it.
    const { call } = await openCaller(platform);
    const [row] = (await call('GET', '/containers')).list;
    await call('DELETE', `/containers/${String(row?.['id'])}`);
    await expect
      .poll(async () => (await run('list')).stdout, { timeout: 40_000 })
      .toContain('No containers yet');
    await expect
      .poll(async () => (await renamed.call('list_notes')).error?.message, { timeout: 40_000 })
      .toMatch(/container named "case"|"case" was removed at the platform/);
    expect(await run('logout')).toMatchObject({ status: 0 });
    expect(existsSync(join(profile.home, 'platform.json'))).toBe(false);
  },
);

test('a server of one’s own is registered, set up as it is told, and entered', long, async () => {
  const platform = await openPlatform();
  await using profile = openMayas();
  const run = (...args: string[]) => profile.run(args);
  expect(await run('login', '--platform', platform.issuer)).toMatchObject({ status: 0 });
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/mcp`;
  expect(await run('platform', 'add', 'notes', 'http://elsewhere.example/mcp')).toMatchObject({ status: 2 });
  expect(await run('platform', 'add', 'notes', `${url}?key=1`)).toMatchObject({ status: 2 });
  const { row, setup, probe } = json(await run('platform', 'add', 'notes', url, '--json')) as Registration;
  expect(probe.outcome).toBe('unreachable');
  expect(setup).toMatchObject({ audience: url, userId: maya.id, containerId: row.id });

  const folder = await temporaryFolder();
  await writeFile(join(folder, 'config.yaml'), setup.config);
  const container = await startContainer({
    config: join(folder, 'config.yaml'),
    port,
    dataDir: folder,
    sweepMs: 100,
  });
  onTestFinished(() => container.close());
  expect(await run('tools', 'notes')).toMatchObject({ status: 0 });
  const again = await run('platform', 'add', 'notes', url);
  expect(again).toMatchObject({ status: 1, stderr: expect.stringContaining('platform rename') as string });
  expect(await run('platform', 'start', 'notes')).toMatchObject({ status: 2 });

  const keyed = await openContainer();
  const text = await run('platform', 'add', 'keyed', keyed.url, '--auth', 'api-key');
  expect(text.stdout).toContain('fairlead auth keyed --secret-stdin');
  const missing = await run('tools', 'keyed');
  expect(missing).toMatchObject({
    status: 3,
    stderr: expect.stringContaining('fairlead auth keyed') as string,
  });
  expect(await profile.run(['auth', 'keyed', '--secret-stdin'], { stdin: 'sesame' })).toMatchObject({
    status: 0,
  });
  expect(await run('tools', 'keyed')).toMatchObject({ status: 0 });
  expect(await run('auth', 'notes', '--secret-stdin')).toMatchObject({ status: 2 });

  const asMutual = ['platform', 'add', 'mutual', '--auth', 'mtls', '--no-pin'];
  const mutual = await run(...asMutual, `https://127.0.0.1:${await freePort()}/mcp`);
  expect(mutual.stdout).toContain(`urn:fairlead:user:${maya.id}`);
  const [pem = ''] = /-----BEGIN CERTIFICATE-----[^]*-----END CERTIFICATE-----/.exec(mutual.stdout) ?? [];
  const authority = new X509Certificate(pem);
  expect(authority).toMatchObject({ ca: true, subject: authority.issuer });
  expect(await run(...asMutual.with(2, 'plain'), `http://127.0.0.1:${await freePort()}/mcp`)).toMatchObject({
    status: 2,
  });
  expect(await run('platform', 'remove', 'mutual')).toMatchObject({ status: 0 });
  expect((await run('platform', 'list')).stdout).toMatch(
    /notes +external +registered +platform .*\nkeyed +external/,
  );
});

test(
  'the key of a registered server is pinned, and another one taken by the person’s word',
  long,
  async () => {
    const platform = await openPlatform();
    const first = authority.issue();
    const second = authority.issue();
    await using server = await startTlsServer(
      { cert: first.cert, key: first.key },
      scriptListener(ordinaryServer(listsNoTools)),
    );
    await using profile = openMayas();
    const run = (...args: string[]) => profile.run(args);
    expect(await run('login', '--platform', platform.issuer)).toMatchObject({ status: 0 });
    const url = server.url.href;
    const ca = ['--ca', authority.caFile];

    // Trust on first use is offered to who adds a server by hand.
    const added = await run('add', 'mine', url, ...ca);
    expect(added.stdout).toContain(
      `Its key is ${first.pin}. To take no other from now on: fairlead pin accept mine`,
    );

    const wrong = await run('platform', 'add', 'box', url, ...ca, '--pin', second.pin);
    expect(wrong).toMatchObject({
      status: 1,
      stdout: '',
      stderr: expect.stringContaining(first.pin) as string,
    });
    const unseen = await run('platform', 'add', 'box', url);
    expect(unseen).toMatchObject({ status: 1, stderr: expect.stringContaining('--no-pin') as string });
    const registered = await run('platform', 'add', 'box', url, ...ca);
    expect(registered).toMatchObject({
      status: 0,
      stdout: expect.stringContaining(`pinned: ${first.pin}`) as string,
    });
    expect(await run('tools', 'box')).toMatchObject({ status: 0 });

    server.recertify(second);
    for (const socket of server.sockets) socket.destroy();
    await expect
      .poll(async () => (await run('tools', 'box')).stderr, { timeout: 40_000 })
      .toContain(second.pin);
    const accepted = json(await run('pin', 'accept', 'box', '--json')) as {
      container: { tls: { pins: string[] } };
      replaced: string[];
    };
    expect([accepted.container.tls.pins, accepted.replaced]).toEqual([[second.pin], [first.pin]]);
    await expect.poll(async () => (await run('tools', 'box')).status, { timeout: 40_000 }).toBe(0);
    const { call } = await openCaller(platform);
    expect((await call('GET', '/containers')).list).toMatchObject([{ public_key_fingerprint: second.pin }]);
  },
);

test(
  'a core that starts while the platform is down knows the containers, and has them live when it is back',
  long,
  async () => {
    const database = await borrowDatabase();
    const first = await openPlatform({ database });
    const { url } = await openContainer();
    await first.addContainer({ id: 'container_1', userId: maya.id, endpoint: url });
    await using profile = openMayas();
    const run = (...args: string[]) => profile.run(args);
    expect(await run('login', '--platform', first.issuer)).toMatchObject({ status: 0 });
    const client = profile.endpoint(['container_1']);
    await client.open();
    await first.close();
    const state = async () => (json(await run('status', '--json')) as Snapshot).account?.containers?.state;
    await expect.poll(state, { timeout: 40_000 }).toBe('unreachable');
    expect((await run('status')).stdout).toContain('It is out of reach since');
    // Whoever is connected notices nothing of it.
    expect(await client.call('list_notes')).toHaveProperty('result');
    await client.end();
    expect((await run('list')).stdout).toMatch(/container_1 +external +http/);
    expect(await run('stop')).toMatchObject({ status: 0 });
    expect((await run('list')).stdout).toContain('container_1');
  },
);

test('API tokens are made, shown once, and revoked', long, async () => {
  const platform = await openPlatform();
  await using profile = openMayas();
  const run = (...args: string[]) => profile.run(args);
  expect(await run('token', 'list')).toMatchObject({ status: 3 });
  expect(await run('login', '--platform', platform.issuer)).toMatchObject({ status: 0 });
  const created = json(
    await run('token', 'create', 'backup', '--scope', 'data:read mcp:tools', '--days', '7', '--json'),
  ) as CreatedToken;
  expect(created).toMatchObject({ name: 'backup', scopes: ['data:read', 'mcp:tools'] });
  const me = () =>
    fetch(`${platform.issuer}/api/v1/me`, { headers: { authorization: `Bearer ${created.token}` } });
  expect((await me()).status).toBe(200);
  const alone = await run('token', 'create', 'other', '--scope', 'data:read');
  expect(alone.stdout).toMatch(/^\S{20,}\n$/);
  expect(alone.stderr).toContain('It is shown this once');
  expect(await run('token', 'create', 'other', '--scope', 'everything')).toMatchObject({ status: 2 });
  expect(await run('token', 'create', 'other', '--scope', 'data:read', '--days', '5000')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('number of days') as string,
  });

  const tokens = json(await run('token', 'list', '--json')) as TokenRow[];
  expect(tokens.map(({ name }) => name)).toEqual(['backup', 'other']);
  const shown = [await run('status', '--json'), await run('logs', '-n', '1000'), await run('token', 'list')];
  const kept = filesIn(profile.home).map((file) => textIn(file));
  for (const secret of [created.token, alone.stdout.trim()])
    expect([...shown.map(({ stdout }) => stdout), ...kept].filter((text) => text.includes(secret))).toEqual(
      [],
    );
  expect(await run('token', 'revoke', created.id)).toMatchObject({ status: 0 });
  expect((await me()).status).toBe(401);
  expect(await run('token', 'revoke', created.id)).toMatchObject({ status: 2 });
});
