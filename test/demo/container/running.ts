/** A container on loopback with a folder of its own, and clients of it; all ended with the test. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, StreamableHTTPClientTransport, type ClientOptions } from '@modelcontextprotocol/client';
import { onTestFinished } from 'vitest';
import {
  startContainer,
  type ContainerOptions,
  type RunningContainer,
} from '../../../demo/container/start.ts';

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'container-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export interface TestContainer extends RunningContainer {
  readonly folder: string;
  readonly config: string;
}

/** @param prepare writes config.yaml; left out, it says mode local */
export async function openContainer(
  prepare?: (config: string) => Promise<unknown>,
  more: Pick<ContainerOptions, 'databaseUrl'> = {},
): Promise<TestContainer> {
  const folder = await temporaryFolder();
  const config = join(folder, 'config.yaml');
  await (prepare === undefined ? writeFile(config, 'auth: {mode: local}\n') : prepare(config));
  const container = await startContainer({ config, port: 0, dataDir: folder, sweepMs: 100, ...more });
  onTestFinished(() => container.close());
  return { ...container, folder, config };
}

export interface TestClient {
  readonly client: Client;
  readonly transport: StreamableHTTPClientTransport;
}

export async function openClient(
  url: string,
  { secret, options }: { secret?: string | undefined; options?: ClientOptions } = {},
): Promise<TestClient> {
  const client = new Client({ name: 'test', version: '1' }, options);
  const requestInit: RequestInit =
    secret === undefined ? {} : { headers: { authorization: `Bearer ${secret}` } };
  const transport = new StreamableHTTPClientTransport(new URL(url), { requestInit });
  onTestFinished(() => client.close());
  await client.connect(transport);
  return { client, transport };
}

export const initializeBody = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'raw', version: '1' } },
});

/** A POST as an MCP client sends it, without an SDK between. */
export function post(url: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
  });
}
