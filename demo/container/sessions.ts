/** Sessions of Streamable HTTP up to protocol 2025-11-25: one MCP server each, from `initialize` to DELETE. */
import { randomUUID } from 'node:crypto';
import { WebStandardStreamableHTTPServerTransport, type McpServer } from '@modelcontextprotocol/server';
import { authInfoOf, isSameCaller, type Caller } from './guard/caller.ts';

interface Session {
  readonly caller: Caller;
  readonly server: McpServer;
  readonly transport: WebStandardStreamableHTTPServerTransport;
  usedAtMs: number;
}

export interface Sessions {
  handle(request: Request, caller: Caller): Promise<Response>;
  close(): Promise<void>;
}

const idleLimitMs = 24 * 60 * 60 * 1_000;

export function createSessions(deps: {
  /** The server for one session, and what to do when it ends. */
  serve: (caller: Caller) => Promise<{ server: McpServer; release: () => void }>;
  stillAdmits: (caller: Caller) => Promise<boolean>;
  maxBodyBytes: number;
  maxSessions: number;
  /** How often sessions that idle or whose caller was revoked are ended. */
  sweepMs: number;
}): Sessions {
  const sessions = new Map<string, Session>();

  const open = async (request: Request, caller: Caller): Promise<Response> => {
    if (request.method !== 'POST')
      return refusal(400, -32_000, 'Bad Request: Mcp-Session-Id header is required');
    if (sessions.size >= deps.maxSessions)
      return refusal(503, -32_000, 'Too many sessions. Try again later.');
    const { server, release } = await deps.serve(caller);
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      maxRequestBodySize: deps.maxBodyBytes,
      onsessioninitialized: (id) =>
        void sessions.set(id, { caller, server, transport, usedAtMs: Date.now() }),
    });
    server.server.onclose = () => {
      release();
      if (transport.sessionId !== undefined) sessions.delete(transport.sessionId);
    };
    await server.connect(transport);
    const response = await transport.handleRequest(request, { authInfo: authInfoOf(caller) });
    // What came was no `initialize`, and the transport has said so.
    if (transport.sessionId === undefined) await server.close();
    return response;
  };

  const sweep = async () => {
    for (const { caller, server, usedAtMs } of [...sessions.values()]) {
      const admitted = await deps.stillAdmits(caller).catch(() => false);
      if (!admitted || Date.now() - usedAtMs > idleLimitMs) await server.close();
    }
  };
  const sweeper = setInterval(() => void sweep(), deps.sweepMs).unref();

  return {
    async handle(request, caller) {
      const id = request.headers.get('mcp-session-id');
      if (id === null) return open(request, caller);
      const session = sessions.get(id);
      // Another caller's session is as good as none: an id that leaked must not open it.
      if (session === undefined || !isSameCaller(session.caller, caller)) {
        return refusal(404, -32_001, 'Session not found');
      }
      session.usedAtMs = Date.now();
      return session.transport.handleRequest(request, { authInfo: authInfoOf(caller) });
    },
    async close() {
      clearInterval(sweeper);
      await Promise.all([...sessions.values()].map(({ server }) => server.close()));
    },
  };
}

function refusal(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status });
}
