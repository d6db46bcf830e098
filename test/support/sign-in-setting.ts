/** An MCP server that people sign in to, clients of it behind the cover, and a person who comes when the test says so. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Transport } from '@modelcontextprotocol/client';
import { expect, onTestFinished, vi } from 'vitest';
import type { CredentialOwner } from '../../electron/credentials/broker.ts';
import { createAnswerMemory } from '../../electron/session/known-answers.ts';
import { coverSignIn } from '../../electron/session/sign-in-cover.ts';
import { container } from '../../shared/container.ts';
import {
  ordinaryServer,
  type EventStream,
  startScriptedServer,
  type ScriptedRequest,
  type ScriptedServer,
} from './scripted-server.ts';
import { openSessionClient, type SessionClient, type SessionClientOptions } from './session-client.ts';
import { sessionTransport } from './session-transport.ts';
import { browserProgram, openRig, type Rig } from './sign-in-rig.ts';

export const tools = [{ name: 'add_note', inputSchema: { type: 'object' } }];
/** The container's own list in the newer era. */
export const newerList = { resultType: 'complete', tools, ttlMs: 1_000, cacheScope: 'public' };

export interface Setting {
  readonly rig: Rig;
  readonly server: ScriptedServer;
  readonly owner: CredentialOwner;
  client(): SessionClient;
  /** Of another client, which is the SDK's. */
  transport(): Transport;
  /** Of those who listen to a container of the newer era. */
  readonly listening: EventStream[];
  /** What it answers to the next `subscriptions/listen` in place of listening. */
  readonly refusals: ((request: ScriptedRequest) => void)[];
  /** The person goes to the first link they were shown. */
  signIn(): Promise<void>;
}

/** An MCP server that lets in whoever has a token, and a person who does not look at the tabs that are opened. */
export async function openSetting(
  options: { looksAtTabs?: true; waitMs?: number; newerAlone?: true } = {},
): Promise<Setting> {
  const { looksAtTabs, waitMs = 200 } = options;
  // However slow this machine is, no sign-in takes too long where the person is there.
  const way = looksAtTabs === undefined ? { mode: 'closed' as const } : { patienceMs: 20_000 };
  const rig = await openRig({ waitMs, ...way });
  const ordinary = ordinaryServer((request) => {
    if (request.rpc.method !== 'tools/list') return false;
    request.result({ tools });
    return true;
  });
  const server = await startScriptedServer(async (request) => {
    if (request.path.startsWith('/.well-known/oauth-protected-resource')) {
      request.json({
        resource: server.url.href,
        authorization_servers: [rig.server.issuer],
        scopes_supported: ['mcp:tools'],
      });
      return;
    }
    const [, value = ''] = (request.headers.authorization ?? '').split(' ');
    const token = await rig.server.provider.AccessToken.find(value);
    if (token !== undefined && !token.isExpired) await (options.newerAlone ? newer : ordinary)(request);
    else request.status(401, '', { 'www-authenticate': 'Bearer' });
  });
  onTestFinished(() => server.close());
  const listening: EventStream[] = [];
  const refusals: ((request: ScriptedRequest) => void)[] = [];
  const newer = newerScript(listening, refusals);
  const owner = {
    configured: true,
    container: container.parse({ name: 'notes', url: server.url.href, auth: { method: 'oauth' } }),
  };
  const known = createAnswerMemory();
  const covered = (): SessionClientOptions => {
    const signIn = rig.broker.watch(owner);
    if (signIn === undefined) throw new Error('Nobody signs in to this container.');
    return {
      send: (send) => rig.broker.authenticated(owner, send),
      through: (upstream) =>
        coverSignIn({ upstream, signIn, known: known.of(owner.container), name: 'notes', personMs: waitMs }),
    };
  };
  return {
    rig,
    server,
    owner,
    listening,
    refusals,
    client: () => openSessionClient(server.url, covered()),
    transport: () => sessionTransport(server.url, covered()),
    async signIn() {
      await vi.waitFor(() => expect(rig.broker.pending()).toHaveLength(1), 20_000);
      const link = rig.broker.pending()[0]?.url ?? '';
      await promisify(execFile)(process.execPath, [browserProgram, link], { env: {} });
    },
  };
}

/** Of MCP 2026-07-28, and of nothing else. */
export const newerScript =
  (listening: EventStream[], refusals: ((request: ScriptedRequest) => void)[]) =>
  (request: ScriptedRequest): void => {
    const { rpc } = request;
    if (request.headers['mcp-method'] === undefined) {
      const error = { code: -32022, message: 'no', data: { supported: ['2026-07-28'] } };
      request.status(400, JSON.stringify({ jsonrpc: '2.0', id: rpc.id, error }), {
        'content-type': 'application/json',
      });
    } else if (rpc.method === 'server/discover') {
      const capabilities = { tools: { listChanged: true } };
      request.result({ resultType: 'complete', supportedVersions: ['2026-07-28'], capabilities });
    } else if (rpc.method === 'subscriptions/listen') {
      const refuse = refusals.shift();
      if (refuse !== undefined) {
        refuse(request);
        return;
      }
      const stream = request.stream();
      const params = { _meta: { 'io.modelcontextprotocol/subscriptionId': rpc.id }, notifications: {} };
      stream.event({ jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params });
      listening.push(stream);
    } else if (rpc.method === 'tools/call') {
      request.result({ resultType: 'complete', content: [{ type: 'text', text: 'done' }] });
    } else request.result(newerList);
  };
