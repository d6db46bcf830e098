/** Starts the MCP project's own reference server, which uses every feature of the protocol. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

const manifest = createRequire(import.meta.url).resolve(
  '@modelcontextprotocol/server-everything/package.json',
);

export interface EverythingServer extends AsyncDisposable {
  readonly url: URL;
}

export async function startEverythingServer(mode: 'streamableHttp' | 'sse'): Promise<EverythingServer> {
  const child = fork(join(dirname(manifest), 'dist', 'index.js'), [mode], {
    execArgv: ['--import', resolve('test/support/on-loopback.mjs')],
    env: { PATH: process.env['PATH'], GREETING: 'hello' },
    silent: true,
  });
  child.stdout?.resume();
  child.stderr?.resume();
  const [port] = (await once(child, 'message')) as [number];
  return {
    url: new URL(`http://127.0.0.1:${port}/${mode === 'sse' ? 'sse' : 'mcp'}`),
    async [Symbol.asyncDispose]() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
