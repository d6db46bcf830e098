/** Real HTTP(S) and TCP servers on loopback, and the two ways tests send to them. */
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { HttpRequest, HttpResponse, Send } from '../../electron/credentials/exchange.ts';

export interface WebServer extends AsyncDisposable {
  readonly url: URL;
  readonly port: number;
  /** Open now. */
  readonly sockets: Set<Socket>;
  /** How many there ever were. */
  readonly connections: () => number;
}

async function start(server: Server, scheme: 'http' | 'https', host = '127.0.0.1'): Promise<WebServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  server.on('connection', (socket: Socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`${scheme}://${host}:${port}/mcp`),
    port,
    sockets,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export function startWebServer(listener: RequestListener): Promise<WebServer> {
  const server = createServer(listener);
  // Most tests want the client to decide how long an idle connection lives.
  server.keepAliveTimeout = 0;
  return start(server, 'http');
}

export interface TlsWebServer extends WebServer {
  /** What clients sent inside TLS, in bytes, whether or not it was a request. */
  readonly received: () => number;
  /** Shows another certificate from now on. */
  recertify(credentials: { cert: string; key: string }): void;
}

/** @param host how clients name it: its certificate must be for that */
export async function startTlsServer(
  options: ServerOptions,
  listener: RequestListener,
  host = '127.0.0.1',
): Promise<TlsWebServer> {
  const server = createTlsServer(options, listener);
  server.keepAliveTimeout = 0;
  let received = 0;
  server.on('secureConnection', (socket) => socket.on('data', (chunk: Buffer) => (received += chunk.length)));
  const started = await start(server, 'https', host);
  return {
    ...started,
    received: () => received,
    recertify: ({ cert, key }) => server.setSecureContext({ cert, key }),
  };
}

/** The connection of a request to an https server. */
export function tlsSocketOf({ socket }: IncomingMessage): TLSSocket {
  if (socket instanceof TLSSocket) return socket;
  throw new Error('The request did not come through TLS.');
}

/** A server that speaks whatever bytes `serve` writes. */
export function startTcpServer(serve: (socket: Socket) => void): Promise<WebServer> {
  return start(createTcpServer(serve), 'http');
}

export function requestTo(url: URL, more: Partial<HttpRequest> = {}): HttpRequest {
  return { method: 'POST', url, headers: {}, signal: new AbortController().signal, lane: 'call', ...more };
}

/** The whole body; rejects as the body fails. */
export function bodyOf(response: HttpResponse): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    response.read({
      data: (chunk) => void chunks.push(chunk),
      end: () => resolve(Buffer.concat(chunks).toString()),
      fail: (error) => reject(error instanceof Error ? error : new Error(String(error))),
    });
  });
}

export async function textFrom(send: Send, request: HttpRequest): Promise<string> {
  return bodyOf(await send(request));
}

/** What it rejects with. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (thrown) {
    return thrown;
  }
  throw new Error('It did not fail.');
}
