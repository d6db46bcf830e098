/** An MCP server over HTTP whose every answer a test decides, and that keeps what came. */
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface Rpc {
  readonly id?: string | number | null;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
}

export interface EventStream {
  /** Writes one event whose data is `value` as JSON, or the text as it is. */
  event(value: unknown, fields?: { id?: string; type?: string }): void;
  raw(text: string): void;
  end(): void;
  /** Breaks the connection off. */
  reset(): void;
}

export class ScriptedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly rpc: Rpc;
  readonly response: ServerResponse;
  /** The client has closed the connection before the answer's end. */
  aborted = false;

  constructor(request: IncomingMessage, response: ServerResponse, body: string) {
    this.method = request.method ?? '';
    this.path = request.url ?? '';
    this.headers = request.headers;
    this.body = body;
    this.rpc = body === '' ? {} : (JSON.parse(body) as Rpc);
    this.response = response;
    response.on('close', () => {
      this.aborted = !response.writableFinished;
    });
  }

  /** `POST tools/call`, `GET`, … */
  get what(): string {
    return this.rpc.method === undefined ? this.method : `${this.method} ${this.rpc.method}`;
  }

  status(status: number, body = '', headers: Record<string, string> = {}): void {
    this.response.writeHead(status, headers).end(body);
  }

  json(value: unknown, headers: Record<string, string> = {}): void {
    const body = typeof value === 'string' ? value : JSON.stringify(value);
    this.response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(body);
  }

  result(result: unknown, headers: Record<string, string> = {}): void {
    this.json({ jsonrpc: '2.0', id: this.rpc.id, result }, headers);
  }

  stream(headers: Record<string, string> = {}): EventStream {
    const { response } = this;
    response.writeHead(200, { 'content-type': 'text/event-stream', ...headers });
    response.flushHeaders();
    return {
      event(value, { id, type } = {}) {
        const data = typeof value === 'string' ? value : JSON.stringify(value);
        const head = `${id === undefined ? '' : `id: ${id}\n`}${type === undefined ? '' : `event: ${type}\n`}`;
        response.write(`${head}data: ${data}\n\n`);
      },
      raw: (text) => void response.write(text),
      end: () => void response.end(),
      reset: () => void response.socket?.resetAndDestroy(),
    };
  }
}

export type Script = (request: ScriptedRequest) => void | Promise<void>;

export interface ScriptedServer extends AsyncDisposable {
  readonly url: URL;
  readonly port: number;
  /** In the order they came. */
  readonly requests: ScriptedRequest[];
  /** What came, by `what`. */
  readonly seen: () => string[];
  readonly count: (what: string) => number;
  readonly close: () => Promise<void>;
}

/** The script as the listener of another server. */
export function scriptListener(
  script: Script,
  seen: (request: ScriptedRequest) => void = () => undefined,
): RequestListener {
  return (incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('error', () => undefined);
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const request = new ScriptedRequest(incoming, response, Buffer.concat(chunks).toString());
      seen(request);
      void script(request);
    });
  };
}

/** @param port of an earlier server, to come up again at its place */
export async function startScriptedServer(script: Script, port = 0): Promise<ScriptedServer> {
  const requests: ScriptedRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer(scriptListener(script, (request) => requests.push(request)));
  server.keepAliveTimeout = 0;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen({ port, host: '127.0.0.1', backlog: 4096 }, resolve));
  const at = (server.address() as AddressInfo).port;
  const seen = () => requests.map((request) => request.what);
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  return {
    url: new URL(`http://127.0.0.1:${at}/mcp`),
    port: at,
    requests,
    seen,
    count: (what) => seen().filter((each) => each === what).length,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/**
 * What an ordinary Streamable HTTP server with sessions does, except where the test's own script has done it.
 * Session ids are s1, s2, …; unknown methods answer with what they were called with.
 */
export function ordinaryServer(own: (request: ScriptedRequest) => boolean = () => false): Script {
  let sessions = 0;
  return (request) => {
    if (own(request)) return;
    const { rpc } = request;
    if (request.method === 'GET') request.stream();
    else if (request.method === 'DELETE') request.status(200);
    else if (rpc.method === 'initialize') {
      sessions += 1;
      request.result(initializeResult, { 'mcp-session-id': `s${sessions}` });
    } else if (rpc.id === undefined || rpc.method === undefined) request.status(202);
    else request.result({ called: rpc.method, params: rpc.params });
  };
}

export const initializeResult = {
  protocolVersion: '2025-11-25',
  capabilities: { tools: {} },
  serverInfo: { name: 'scripted', version: '1' },
};
