/** A container of the older era alone, in whose sessions a test says what is told on which stream. */
import {
  initializeResult,
  ordinaryServer,
  startScriptedServer,
  type EventStream,
  type ScriptedRequest,
  type ScriptedServer,
} from './scripted-server.ts';

/** One `tools/call` that is under way. */
export interface CallUnderWay {
  readonly request: ScriptedRequest;
  readonly stream: EventStream;
}

export interface OlderContainer {
  readonly server: ScriptedServer;
  /** In the order they came. */
  readonly calls: CallUnderWay[];
  /** The stream of each session that answers no request. */
  readonly streams: EventStream[];
  /** Bodies of what came under this method, or of answers. */
  said(method: string | undefined): Record<string, unknown>[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** @param own answers what it wants to answer itself, and says so */
export async function startOlderContainer(
  own: (request: ScriptedRequest) => boolean = () => false,
): Promise<OlderContainer> {
  const calls: CallUnderWay[] = [];
  const streams: EventStream[] = [];
  const server = await startScriptedServer(
    ordinaryServer((request) => {
      if (own(request)) return true;
      const { rpc } = request;
      const inSession = request.headers['mcp-session-id'] !== undefined;
      if (request.method === 'GET') streams.push(request.stream());
      else if (request.method === 'DELETE') return false;
      else if (rpc.method === 'initialize') {
        const capabilities = { tools: { listChanged: true }, resources: { subscribe: true }, logging: {} };
        request.result({ ...initializeResult, capabilities }, { 'mcp-session-id': `s${streams.length + 1}` });
      } else if (!inSession) request.status(400);
      else if (rpc.method === 'tools/call') calls.push({ request, stream: request.stream() });
      else return false;
      return true;
    }),
  );
  return {
    server,
    calls,
    streams,
    said: (method) =>
      server.requests
        .filter(({ method: verb, rpc }) => verb === 'POST' && rpc.method === method)
        .map(({ body }) => JSON.parse(body) as Record<string, unknown>),
    [Symbol.asyncDispose]: () => server.close(),
  };
}
