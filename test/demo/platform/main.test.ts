import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { openPlatform } from './running.ts';

// Built by `npm test` before the tests.
const program = resolve('dist/platform.js');

function start(args: string[], env: Record<string, string> = {}): ChildProcess {
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function run(args: string[], env: Record<string, string> = {}) {
  const child = start(args, env);
  const exited = once(child, 'exit');
  const [out, err] = await Promise.all([text(child.stdout!), text(child.stderr!)]);
  await exited;
  return { out, err: err.replace(/^oidc-provider WARNING: .*\n/gm, ''), status: child.exitCode };
}

test('serves until it is told to stop, and never shows a password it was given', async () => {
  const child = start(['serve', '--port', '0', '--user', 'maya@example.com:MAYA'], { MAYA: 'a-sentinel' });
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  expect(line.toString()).toMatch(/^Platform listening at http:\/\/127\.0\.0\.1:\d+\n$/);
  const issuer = /http\S+/.exec(line.toString())?.[0] ?? '';
  expect((await fetch(`${issuer}/.well-known/openid-configuration`)).status).toBe(200);
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await exited).toEqual([0, null]);
});

test('keeps in its folder what it needs to be the same after a restart', { timeout: 90_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'platform-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const serve = async () => {
    const data = join(folder, 'data');
    const args = ['--data', data, '--user', 'maya@example.com:MAYA', '--hosted', 'maya@example.com:notes'];
    const child = start(['serve', '--port', '0', ...args], { MAYA: 'a-sentinel' });
    const [line] = (await once(child.stdout!, 'data')) as [Buffer];
    const issuer = /http\S+/.exec(line.toString())?.[0] ?? '';
    const keys = await (await fetch(`${issuer}/.well-known/jwks.json`)).text();
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    expect((await stat(data)).mode & 0o777).toBe(0o700);
    return keys;
  };
  expect(await serve()).toBe(await serve());
});

test('makes up a person where none is named', async () => {
  const child = start(['serve', '--port', '0']);
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  expect(line.toString()).toMatch(/^Sign in as maya@example\.com with the password \S{12}\n/);
});

test('fails with one line that helps', async () => {
  const { issuer } = await openPlatform();
  expect(await run(['serve', '--port', new URL(issuer).port])).toMatchObject({
    err: expect.stringMatching(
      /^platform: The platform cannot listen on port \d+\. Choose another.*\n$/,
    ) as string,
    status: 1,
  });
  expect(await run(['serve', '--user', 'maya@example.com:NOT_SET'])).toEqual({
    out: '',
    err: 'platform: The variable NOT_SET of --user has no password in it.\n',
    status: 2,
  });
  expect(await run(['serve', '--user', 'maya@example.com'])).toMatchObject({ status: 2 });
  expect(await run(['serve', '--port', 'x'])).toMatchObject({ status: 2 });
  expect(await run(['--help'])).toMatchObject({ err: '', status: 0 });
});
