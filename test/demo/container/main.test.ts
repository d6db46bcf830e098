import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { initializeBody, openClient, post, temporaryFolder } from './running.ts';

// Built by `npm test` before the tests.
const program = resolve('dist/container.js');

function start(folder: string, args: string[]): ChildProcess {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function run(folder: string, ...args: string[]) {
  const child = start(folder, args);
  const exited = once(child, 'exit');
  const [out, err] = await Promise.all([text(child.stdout!), text(child.stderr!)]);
  await exited;
  return { out, err, status: child.exitCode };
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  'serves with a token it made, and ends cleanly on %s',
  async (signal) => {
    const folder = await temporaryFolder();
    const { out } = await run(folder, 'token', 'create', 'my-laptop');
    const secret = out.trim();
    expect(out).toBe(`${secret}\n`);

    const child = start(folder, ['serve', '--port', '0', '--data', 'kept']);
    const [line] = (await once(child.stdout!, 'data')) as [Buffer];
    expect(line.toString()).toMatch(
      /^Container listening at http:\/\/127\.0\.0\.1:\d+\/mcp \(auth mode token\)\n$/,
    );
    const url = /http\S+/.exec(line.toString())?.[0] ?? '';
    expect((await post(url, initializeBody)).status).toBe(401);
    const { client } = await openClient(url, { secret });
    await client.callTool({ name: 'add_note', arguments: { text: 'over the wire' } });

    const exited = once(child, 'exit');
    child.kill(signal);
    expect(await exited).toEqual([0, null]);
  },
);

test('creates, lists and revokes tokens', async () => {
  const folder = await temporaryFolder();
  await run(folder, 'token', 'create', 'one', '--config', 'my.yaml');
  const { out } = await run(folder, 'token', 'create', 'two', '--config', 'my.yaml');
  expect(await readFile(join(folder, 'my.yaml'), 'utf8')).not.toContain(out.trim());
  expect(await run(folder, 'token', 'list', '--config', 'my.yaml')).toMatchObject({
    out: 'one\ntwo\n',
    status: 0,
  });
  expect(await run(folder, 'token', 'revoke', 'one', '--config', 'my.yaml')).toMatchObject({
    out: '',
    status: 0,
  });
  expect(await run(folder, 'token', 'list', '--config', 'my.yaml')).toMatchObject({
    out: 'two\n',
    status: 0,
  });
});

test('fails with one line that helps', async () => {
  const folder = await temporaryFolder();
  expect(await run(folder, 'serve')).toEqual({
    out: '',
    err: 'container: config.yaml cannot be read. Name the file with --config, or make one with `container token create <name>`.\n',
    status: 1,
  });
  expect(await run(folder, 'serve', '--port', 'x')).toMatchObject({ out: '', status: 2 });
  expect(await run(folder, 'token', 'create', 'a b')).toMatchObject({ out: '', status: 2 });
  expect(await run(folder, '--help')).toMatchObject({ err: '', status: 0 });
});
