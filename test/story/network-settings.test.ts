import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createControlClient, type ControlClient } from '../../electron/control/client.ts';
import { joinCore } from '../../electron/socket/join.ts';
import { openProfile, type Profile } from '../support/fairlead.ts';
import { startProxyServer } from '../support/proxy-server.ts';
import { ordinaryServer, scriptListener, startScriptedServer } from '../support/scripted-server.ts';
import { createTlsAuthority } from '../support/tls-authority.ts';
import { startTlsServer } from '../support/web-server.ts';

/** As the window asks, which is where these are set. */
async function controlOf(profile: Profile): Promise<ControlClient> {
  const { env } = profile;
  await profile.run(['list']);
  const core = createControlClient(await joinCore({ env, role: 'control', start: false, timeoutMs: 20_000 }));
  onTestFinished(() => core.close());
  return core;
}

const plainServer = () =>
  ordinaryServer((request) => {
    if (request.rpc.method !== 'tools/list') return false;
    request.result({ tools: [] });
    return true;
  });

test('a proxy that the person sets is used at once, also by clients that run, and by the next core', async () => {
  const authority = createTlsAuthority();
  onTestFinished(() => authority[Symbol.dispose]());
  // A name that only the proxy can find.
  const leaf = authority.issue({ names: 'DNS:container.test' });
  await using server = await startTlsServer(leaf, scriptListener(plainServer()), 'container.test');
  const resolve = () => ({ host: '127.0.0.1', port: server.port });
  await using proxy = await startProxyServer({ resolve });
  await using profile = openProfile();
  const added = await profile.run(['add', 'far', server.url.href, '--ca', authority.caFile, '--no-probe']);
  expect(added).toMatchObject({ status: 0 });
  await using client = profile.endpoint(['far']);
  await client.open().catch(() => undefined);
  expect(await profile.run(['tools', 'far'])).toMatchObject({ status: 1 });

  const core = await controlOf(profile);
  expect(await core.call('network.show', {})).toEqual({});
  const own = { use: 'own', url: `http://127.0.0.1:${proxy.port}` } as const;
  expect(await core.call('network.write', { proxy: own })).toEqual({ proxy: own });
  expect(await profile.run(['tools', 'far'])).toMatchObject({ status: 0 });
  expect(proxy.asked.length).toBeGreaterThan(0);
  expect(await client.request('tools/list')).toHaveProperty('result');

  await core.call('network.write', { proxy: { ...own, except: 'container.test' } });
  expect(await profile.run(['tools', 'far'])).toMatchObject({ status: 1 });
  await core.call('network.write', { proxy: own });
  expect(JSON.parse(readFileSync(join(profile.home, 'config.json'), 'utf8'))).toMatchObject({
    network: { proxy: own },
  });
  expect(await profile.run(['stop'])).toMatchObject({ status: 0 });
  expect(await profile.run(['tools', 'far'])).toMatchObject({ status: 0 });
});

test('the environment’s proxy is left alone where the person wants none', async () => {
  await using proxy = await startProxyServer({ resolve: () => ({ host: '127.0.0.1', port: 9 }) });
  await using profile = openProfile({ HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` });
  await profile.run(['add', 'far', 'https://container.invalid/mcp', '--auth', 'none', '--no-probe']);
  await profile.run(['tools', 'far']);
  const asked = proxy.asked.length;
  expect(asked).toBeGreaterThan(0);
  const core = await controlOf(profile);
  await core.call('network.write', { proxy: { use: 'none' } });
  await profile.run(['tools', 'far']);
  expect(proxy.asked).toHaveLength(asked);
});

test('an authority that the person adds is trusted, and a file that names none is refused', async () => {
  const authority = createTlsAuthority();
  onTestFinished(() => authority[Symbol.dispose]());
  await using server = await startTlsServer(authority.issue(), scriptListener(plainServer()));
  await using profile = openProfile();
  await profile.run(['add', 'inside', server.url.href, '--auth', 'none', '--no-probe']);
  expect(await profile.run(['tools', 'inside'])).toMatchObject({ status: 1 });
  const core = await controlOf(profile);
  await expect(core.call('network.write', { ca: join(profile.home, 'config.json') })).rejects.toMatchObject({
    code: 'usage',
  });
  await expect(core.call('network.write', { ca: 'ca.pem' })).rejects.toMatchObject({ code: 'usage' });
  expect(await core.call('network.show', {})).toEqual({});
  await core.call('network.write', { ca: authority.caFile });
  expect(await profile.run(['tools', 'inside'])).toMatchObject({ status: 0 });
});

test('a proxy’s password is not taken, as it would stand in a file', async () => {
  await using profile = openProfile();
  const core = await controlOf(profile);
  const url = 'http://maya:hunter2@proxy.example:3128';
  await expect(core.call('network.write', { proxy: { use: 'own', url } })).rejects.toMatchObject({
    code: 'usage',
  });
});

test('a time limit holds for the next request, also of clients that run', async () => {
  await using server = await startScriptedServer(ordinaryServer(({ rpc }) => rpc.method === 'tools/call'));
  await using profile = openProfile();
  await profile.run(['add', 'slow', server.url.href, '--auth', 'none']);
  await using client = profile.endpoint(['slow']);
  await client.open();
  const core = await controlOf(profile);
  expect(await core.call('containers.limit', { name: 'slow', timeoutSeconds: 1 })).toMatchObject({
    timeoutSeconds: 1,
  });
  expect((await client.call('anything')).error).toMatchObject({
    message: expect.stringContaining('within 1 s') as string,
  });
});
