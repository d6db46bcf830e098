import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startEverythingServer } from '../support/everything-server.ts';
import { endpointProgram, openProfile } from '../support/fairlead.ts';

const run = promisify(execFile);
/** What MCP Inspector runs for `--cli`, without its web application. */
const inspector = createRequire(import.meta.url).resolve('@modelcontextprotocol/inspector-cli');

test("MCP Inspector's --cli lists the tools and calls one through an endpoint", async () => {
  await using server = await startEverythingServer('streamableHttp');
  await using profile = openProfile();
  const inspect = async (...request: string[]): Promise<unknown> => {
    const endpoint = [process.execPath, endpointProgram, 'stdio', server.url.href];
    const { stdout } = await run(process.execPath, [inspector, '--cli', ...endpoint, ...request], {
      env: { ...profile.env },
      // It looks for its own package.json from wherever it is started.
      cwd: dirname(inspector),
    });
    return JSON.parse(stdout);
  };

  expect(await inspect('--method', 'tools/list')).toMatchObject({
    tools: expect.arrayContaining([expect.objectContaining({ name: 'echo' })]) as unknown,
  });
  const call = ['--method', 'tools/call', '--tool-name', 'echo', '--tool-arg', 'message=through'];
  expect(await inspect(...call)).toEqual({ content: [{ type: 'text', text: 'Echo: through' }] });
});
