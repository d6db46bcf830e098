/** Starts `quick-server.mjs`: a small, fast MCP server in a process of its own. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

export interface QuickServer extends AsyncDisposable {
  readonly url: string;
  /** How often each call ran, by the `key` among its arguments. */
  counts(): Promise<Record<string, number>>;
}

export async function startQuickServer(): Promise<QuickServer> {
  const child = fork(resolve('test/support/quick-server.mjs'), { env: {} });
  const [port] = (await once(child, 'message')) as [number];
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    async counts() {
      child.send('counts');
      const [counts] = (await once(child, 'message')) as [Record<string, number>];
      return counts;
    },
    async [Symbol.asyncDispose]() {
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
