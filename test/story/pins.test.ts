import { afterAll, expect, test } from 'vitest';
import { openProfile } from '../support/fairlead.ts';
import { ordinaryServer, scriptListener } from '../support/scripted-server.ts';
import { createTlsAuthority } from '../support/tls-authority.ts';
import { startTlsServer } from '../support/web-server.ts';

const authority = createTlsAuthority();
afterAll(() => authority[Symbol.dispose]());

test('a server whose key was swapped under its name and authority gets nothing until its owner’s word is taken', async () => {
  const first = authority.issue();
  const second = authority.issue();
  const methods: string[] = [];
  const script = ordinaryServer(({ rpc }) => {
    methods.push(rpc.method ?? '');
    return false;
  });
  await using server = await startTlsServer({ cert: first.cert, key: first.key }, scriptListener(script));
  await using profile = openProfile();
  const key = async (...args: string[]) => {
    const { stdout } = await profile.run(['pin', ...args, 'box', '--json']);
    return JSON.parse(stdout) as {
      container: { tls: { pins?: string[] } };
      seen?: string;
      replaced?: string[];
    };
  };

  expect(await profile.run(['add', 'box', server.url.href, '--ca', authority.caFile])).toMatchObject({
    status: 0,
  });
  expect((await key('show')).container.tls.pins).toBeUndefined();
  // Trust on first use.
  expect((await key('accept')).container.tls.pins).toEqual([first.pin]);
  const client = profile.endpoint(['box']);
  await client.open();
  expect(await client.request('tools/list')).toHaveProperty('result');

  server.recertify(second);
  for (const socket of server.sockets) socket.destroy();
  await expect.poll(() => server.sockets.size).toBe(0);
  const received = server.received();
  const asked = methods.length;
  const refused = await client.request('tools/list');
  expect(refused.error?.message).toContain(first.pin);
  expect(refused.error?.message).toContain(second.pin);
  expect(await client.request('tools/list')).toHaveProperty('error');
  expect([server.received(), methods.length]).toEqual([received, asked]);

  expect(await key('show')).toMatchObject({ seen: second.pin, container: { tls: { pins: [first.pin] } } });
  const status = await profile.run(['status', 'box']);
  expect(status.stdout).toContain('fairlead pin accept');
  // Kept: the server has to show the old key again.
  expect(await key('keep')).toMatchObject({ container: { tls: { pins: [first.pin] } } });
  await expect.poll(async () => (await client.request('tools/list')).error?.message).toContain(second.pin);
  expect([server.received(), methods.length]).toEqual([received, asked]);

  expect(await key('accept')).toMatchObject({
    container: { tls: { pins: [second.pin] } },
    replaced: [first.pin],
  });
  await expect.poll(async () => 'result' in (await client.request('tools/list'))).toBe(true);
  expect((await profile.run(['pin', 'accept', 'nowhere'])).stderr).toContain('no container named');
});
