import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { gatewayEndpoint } from '../../../../shared/platform-api.ts';
import { callPlatform } from '../calling.ts';
import { hostedPids, openSession } from '../hosted.ts';
import { maya, reachPlatform } from '../running.ts';

test('hosted containers end with a platform that is killed', { timeout: 100_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'platform-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const args = ['--port', '0', '--data', folder, '--user', `${maya.email}:MAYA`];
  const platform = spawn(
    process.execPath,
    [resolve('dist/platform.js'), 'serve', ...args, '--hosted', `${maya.email}:notes`],
    { stdio: ['ignore', 'pipe', 'ignore'], env: { PATH: process.env['PATH'], MAYA: maya.password } },
  );
  onTestFinished(() => void platform.kill('SIGKILL'));
  const [line] = (await once(platform.stdout, 'data')) as [Buffer];
  const issuer = /http\S+/.exec(line.toString())?.[0] ?? '';

  const caller = await callPlatform(reachPlatform(issuer));
  const id = String((await caller.call('GET', '/containers')).list[0]?.['id']);
  const endpoint = gatewayEndpoint(issuer, id);
  const token = await caller.tokenFor(endpoint);
  const { headers } = await openSession({ endpoint, token });
  expect(hostedPids(id)).toHaveLength(1);
  // Also while it has a stream open.
  const stream = await fetch(endpoint, { headers: { ...headers, accept: 'text/event-stream' } });
  expect(stream.status).toBe(200);
  platform.kill('SIGKILL');
  await expect.poll(() => hostedPids(id), { timeout: 40_000 }).toEqual([]);
});
