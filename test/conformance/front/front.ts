/**
 * An HTTP server whose every session is a client's `fairlead stdio`: how the server scenarios, which speak HTTP alone,
 * reach a server through Fairlead. A request of the newer era belongs to no session, so each has an endpoint of its own.
 */
import { classifyInboundRequest } from '@modelcontextprotocol/server';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEndpoint, type Endpoint, type Rpc } from './endpoint.ts';
import { refusal, streamOf } from './streams.ts';
import { createFrontSession, type FrontSession } from './session.ts';
import { serve, type Serving } from '../server/serve.ts';

/** @param root of the repository, as built @param container its URL */
export async function startFront(root: string, container: string): Promise<Serving> {
  const home = mkdtempSync(join(tmpdir(), 'fairlead-conformance-'));
  const env = { ...process.env, HOME: home, FAIRLEAD_HOME: home, FAIRLEAD_VAULT: 'memory' };
  const endpoints = new Set<Endpoint>();
  const open = () => {
    const endpoint = openEndpoint([join(root, 'dist/stdio.cjs'), 'stdio', container], env);
    endpoints.add(endpoint);
    void endpoint.ended.then(() => endpoints.delete(endpoint));
    return endpoint;
  };
  const sessions = new Map<string, FrontSession>();

  const inSession = (request: Request, message: Rpc | undefined): Response => {
    const id = request.headers.get('mcp-session-id');
    if (id === null) {
      if (message?.method !== 'initialize')
        return refusal(400, { code: -32000, message: 'No session is named.' });
      const begun = randomUUID();
      const session = createFrontSession(open());
      sessions.set(begun, session);
      return session.post(message, { 'mcp-session-id': begun });
    }
    const session = sessions.get(id);
    if (session === undefined) return refusal(404, { code: -32001, message: 'There is no such session.' });
    if (request.method === 'GET') return session.listen();
    if (request.method === 'DELETE') {
      sessions.delete(id);
      session.end();
      return new Response(null, { status: 200 });
    }
    return message === undefined
      ? refusal(400, { code: -32700, message: 'That is no message.' })
      : session.post(message, {});
  };

  const serving = await serve(async (request) => {
    const body = request.method === 'POST' ? await messageIn(request) : undefined;
    const outcome = classifyInboundRequest({
      httpMethod: request.method,
      body,
      ...named(request, 'protocolVersionHeader', 'mcp-protocol-version'),
      ...named(request, 'mcpMethodHeader', 'mcp-method'),
      ...named(request, 'mcpNameHeader', 'mcp-name'),
    });
    if (outcome.kind === 'legacy') return inSession(request, body);
    if (outcome.kind === 'reject') return refusal(outcome.httpStatus, outcome, body?.id);
    return streamOf(open(), outcome.message, request.signal);
  });
  return {
    url: serving.url,
    async [Symbol.asyncDispose]() {
      await serving[Symbol.asyncDispose]();
      for (const endpoint of endpoints) endpoint.end();
      await Promise.all([...endpoints].map(({ ended }) => ended));
      execFileSync(process.execPath, [join(root, 'dist/cli.js'), 'stop'], { env, stdio: 'ignore' });
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function messageIn(request: Request): Promise<Rpc | undefined> {
  try {
    return (await request.json()) as Rpc;
  } catch {
    return undefined;
  }
}

function named<Key extends string>(request: Request, key: Key, header: string): Partial<Record<Key, string>> {
  const value = request.headers.get(header);
  return value === null ? {} : ({ [key]: value } as Record<Key, string>);
}
