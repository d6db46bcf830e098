/** A hosted container of Maya's, and requests to it through the platform's gateway. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gatewayEndpoint } from '../../../shared/platform-api.ts';
import { initializeBody, post } from '../container/running.ts';
import { openCaller, type Caller } from './calling.ts';
import { maya, openPlatform, type TestPlatform } from './running.ts';

/** Tells what of a request reached it, and misbehaves when asked to. */
export const doubleProgram = resolve('test/support/hosted-double.mjs');

export interface HostedContainer extends Caller {
  readonly platform: TestPlatform;
  readonly id: string;
  /** At the gateway. */
  readonly endpoint: string;
  readonly token: string;
  /** The platform's word. */
  readonly status: () => Promise<string>;
  /** Of the processes that it is now. */
  readonly pids: () => number[];
}

/** @param given left out, the platform hosts the real container program */
export async function openHosted(given?: TestPlatform): Promise<HostedContainer> {
  const platform = given ?? (await openPlatform());
  const caller = await openCaller(platform);
  const id = await platform.host({ userId: maya.id, name: 'notes' });
  const endpoint = gatewayEndpoint(platform.issuer, id);
  return {
    ...caller,
    ...{ platform, id, endpoint },
    token: await caller.tokenFor(endpoint),
    async status() {
      const { list } = await caller.call('GET', '/containers');
      return String(list.find((row) => row['id'] === id)?.['status']);
    },
    pids: () => hostedPids(id),
  };
}

/** Linux only (proc(5)). */
export function hostedPids(id: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'latin1').includes(`/${id}/config.yaml\0`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

type Place = Pick<HostedContainer, 'endpoint' | 'token'>;

export interface McpSession {
  readonly headers: Readonly<Record<string, string>>;
  /** The result's text, as it came. */
  call(tool: string, args?: object, headers?: Record<string, string>): Promise<string>;
}

/** One initialize. */
export function initialize(
  { endpoint, token }: Place,
  headers: Record<string, string> = {},
): Promise<Response> {
  return post(endpoint, initializeBody, { authorization: `Bearer ${token}`, ...headers });
}

export async function openSession(place: Place): Promise<McpSession> {
  const begun = await initialize(place);
  if (begun.status !== 200) throw new Error(`${begun.status} ${await begun.text()}`);
  await begun.text();
  const headers = {
    authorization: `Bearer ${place.token}`,
    'mcp-session-id': begun.headers.get('mcp-session-id') ?? '',
    'mcp-protocol-version': '2025-06-18',
  };
  return {
    headers,
    async call(name, args = {}, more = {}) {
      const body = { jsonrpc: '2.0', id: 2, method: 'tools/call', params: { name, arguments: args } };
      const response = await post(place.endpoint, JSON.stringify(body), { ...headers, ...more });
      return `${response.status} ${await response.text()}`;
    },
  };
}
