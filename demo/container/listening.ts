/** The container's server: by plain http, or TLS with a certificate that can be replaced while it runs. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { FairleadError } from '../../shared/errors.ts';
import { isGateway } from './guard/peer-certificate.ts';
import type { TlsMaterial } from './guard/tls-material.ts';

/**
 * Longer than clients and load balancers keep an idle connection (60 s are common): were the server the first to close one,
 * a request might be on its way.
 */
const keepAliveTimeout = 65_000;

export function createContainerServer(
  tls: TlsMaterial | undefined,
  onRequest: RequestListener,
): Server | TlsServer {
  if (tls === undefined) return createServer({ keepAliveTimeout }, onRequest);
  const server = createTlsServer(
    {
      ...contextOf(tls),
      requestCert: tls.clientCa !== undefined,
      rejectUnauthorized: true,
      keepAliveTimeout,
    },
    onRequest,
  );
  if (tls.onlyGateway === true) {
    // Before a byte of a request is read.
    server.on('secureConnection', (socket) => {
      if (!isGateway(socket)) socket.destroy();
    });
  }
  return server;
}

/** What may change while the server runs. Whoever has a certificate of the platform needs nothing older than TLS 1.3. */
function contextOf({ cert, key, clientCa }: TlsMaterial) {
  return { cert, key, ...(clientCa !== undefined && { ca: clientCa, minVersion: 'TLSv1.3' as const }) };
}

/**
 * Shows a renewed certificate to who connects from then on; connections that are there go on.
 * @param read throws while the files do not fit, as between the writing of one and the other
 * @returns what ends it
 */
export function followTls(
  server: TlsServer,
  {
    shown,
    read,
    everyMs,
  }: { shown: TlsMaterial; read: () => Promise<TlsMaterial | undefined>; everyMs: number },
): () => void {
  let current = shown;
  const look = async () => {
    const tls = await read().catch(() => undefined);
    if (tls === undefined) return;
    const isSame = tls.cert === current.cert && tls.key === current.key && tls.clientCa === current.clientCa;
    if (isSame) return;
    server.setSecureContext(contextOf(tls));
    current = tls;
  };
  const timer = setInterval(() => void look(), everyMs).unref();
  return () => clearInterval(timer);
}

/** Throws `connect_failed`. */
export function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (cause: Error) => {
      reject(
        new FairleadError('connect_failed', `The container cannot listen on port ${port}.`, {
          help: 'Choose another with --port, or end the program that has it.',
          cause,
        }),
      );
    };
    server.once('error', onError);
    server.listen(port, host, () => {
      server.off('error', onError);
      resolve();
    });
  });
}

/** Sessions first, so that their streams end in order; then whatever connection is still there. */
export async function closeAll(server: Server, app: { close(): Promise<void> }): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  await app.close();
  server.closeIdleConnections();
  const deadline = setTimeout(() => server.closeAllConnections(), 500);
  await closed;
  clearTimeout(deadline);
}
