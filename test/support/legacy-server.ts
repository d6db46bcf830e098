/** An MCP server over HTTP+SSE (2024-11-05) whose answers a test decides. */
import {
  initializeResult,
  startScriptedServer,
  type EventStream,
  type ScriptedRequest,
  type ScriptedServer,
} from './scripted-server.ts';

export interface LegacyServer extends ScriptedServer {
  /** The open streams, by their session. */
  readonly streams: Map<string, EventStream>;
}

/**
 * GET /mcp opens a stream that names `/messages?session=n`; anything else at /mcp is 404, with a page.
 * @param own answers a message in its own way when it returns true
 */
export async function startLegacyServer(
  own: (request: ScriptedRequest, stream: EventStream) => boolean = () => false,
  endpoint: (session: string) => string = (session) => `/messages?session=${session}`,
): Promise<LegacyServer> {
  const streams = new Map<string, EventStream>();
  let sessions = 0;
  const server = await startScriptedServer((request) => {
    if (request.path === '/mcp' && request.method === 'GET') {
      sessions += 1;
      const session = String(sessions);
      const stream = request.stream();
      streams.set(session, stream);
      request.response.on('close', () => streams.delete(session));
      stream.event(endpoint(session), { type: 'endpoint' });
      return;
    }
    const stream = streams.get(request.path.split('session=')[1] ?? '');
    if (stream === undefined) {
      request.status(404, '<html>', { 'content-type': 'text/html' });
      return;
    }
    if (own(request, stream)) return;
    request.status(202, 'Accepted');
    const { id, method, params } = request.rpc;
    if (id === undefined || method === undefined) return;
    const result =
      method === 'initialize'
        ? { ...initializeResult, protocolVersion: '2024-11-05' }
        : { called: method, params };
    stream.event({ jsonrpc: '2.0', id, result }, { type: 'message' });
  });
  return { ...server, streams };
}
