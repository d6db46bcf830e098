/** An HTTP proxy for tests that does nothing but CONNECT. */
import { createServer, type IncomingMessage } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';

export interface ProxyServer extends AsyncDisposable {
  readonly port: number;
  /** `host:port` of each tunnel it was asked for. */
  readonly asked: string[];
}

/**
 * @param options.credentials `user:password` to demand
 * @param options.refuse status to answer every CONNECT with; 0: never answer
 * @param options.tls speak TLS
 * @param options.resolve where to connect instead of the name asked for
 */
export async function startProxyServer(
  options: {
    credentials?: string;
    refuse?: number;
    tls?: { cert: string; key: string };
    resolve?: (authority: string) => { host: string; port: number };
  } = {},
): Promise<ProxyServer> {
  const { credentials, refuse, tls, resolve } = options;
  const asked: string[] = [];
  const sockets = new Set<Duplex>();
  const server = tls === undefined ? createServer() : createTlsServer(tls);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  });
  server.on('connect', (request: IncomingMessage, client: Duplex, head: Buffer) => {
    client.on('error', () => undefined);
    const authority = request.url ?? '';
    asked.push(authority);
    if (refuse === 0) return;
    const expected =
      credentials === undefined ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`;
    if (expected !== undefined && request.headers['proxy-authorization'] !== expected) {
      client.end('HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="x"\r\n\r\n');
      return;
    }
    if (refuse !== undefined) {
      client.end(`HTTP/1.1 ${refuse} No\r\nContent-Length: 6\r\n\r\nsecret`);
      return;
    }
    const url = new URL(`http://${authority}`);
    const to = resolve?.(authority) ?? { host: url.hostname, port: Number(url.port) || 80 };
    const upstream = connect(to, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    sockets.add(upstream);
    upstream.on('error', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
