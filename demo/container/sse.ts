/** Sessions of HTTP+SSE: `GET /sse` begins one, `POST /messages?session=…` speaks in it, and the stream's end ends it. */
import { randomUUID } from 'node:crypto';
import { readRequestBody, type McpServer } from '@modelcontextprotocol/server';
import { authInfoOf, isSameCaller, type Caller } from './guard/caller.ts';
import { createSseTransport, type SseTransport } from './sse-transport.ts';

interface Session {
  readonly caller: Caller;
  readonly server: McpServer;
  readonly transport: SseTransport;
}

export interface SseSessions {
  open(caller: Caller): Promise<Response>;
  receive(request: Request, caller: Caller): Promise<Response>;
  close(): Promise<void>;
}

export function createSseSessions(deps: {
  serve: (caller: Caller) => Promise<{ server: McpServer; release: () => void }>;
  stillAdmits: (caller: Caller) => Promise<boolean>;
  maxBodyBytes: number;
  maxSessions: number;
  /** How often sessions whose caller was revoked are ended. */
  sweepMs: number;
}): SseSessions {
  const sessions = new Map<string, Session>();
  const sweep = async () => {
    for (const { caller, server } of [...sessions.values()]) {
      if (!(await deps.stillAdmits(caller).catch(() => false))) await server.close();
    }
  };
  const sweeper = setInterval(() => void sweep(), deps.sweepMs).unref();

  return {
    async open(caller) {
      if (sessions.size >= deps.maxSessions)
        return Response.json({ error: 'too many sessions' }, { status: 503 });
      const id = randomUUID();
      const { server, release } = await deps.serve(caller);
      // Relative, as a proxy may have put something before our paths.
      const transport = createSseTransport(id, `messages?session=${id}`);
      server.server.onclose = () => {
        release();
        sessions.delete(id);
      };
      sessions.set(id, { caller, server, transport });
      await server.connect(transport);
      return transport.response;
    },
    async receive(request, caller) {
      const session = sessions.get(new URL(request.url).searchParams.get('session') ?? '');
      // Another caller's session is as good as none: an id that leaked must not open it.
      if (session === undefined || !isSameCaller(session.caller, caller)) {
        return Response.json({ error: 'unknown session' }, { status: 404 });
      }
      const body = await readRequestBody(request, deps.maxBodyBytes);
      if (body.tooLarge) return Response.json({ error: 'too large' }, { status: 413 });
      const isMessage = session.transport.receive(body.text, { authInfo: authInfoOf(caller), request });
      return isMessage
        ? new Response('Accepted', { status: 202 })
        : Response.json({ error: 'not a JSON-RPC message' }, { status: 400 });
    },
    async close() {
      clearInterval(sweeper);
      await Promise.all([...sessions.values()].map(({ server }) => server.close()));
    },
  };
}
