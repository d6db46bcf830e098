/** Asks an HTTP proxy for a tunnel to a container (CONNECT, RFC 9110 §9.3.6). */
import type { Socket } from 'node:net';
import Client from 'undici/lib/dispatcher/client.js';
import { FairleadError } from '../../../shared/errors.ts';
import { codeOf, neverSent, type Target } from './network-errors.ts';
import type { Proxy } from './proxy.ts';

/**
 * @param options.dial reaches the proxy itself, with TLS where its address says https
 * @throws FairleadError `proxy_failed`, or the signal's reason
 */
export async function openTunnel(options: {
  proxy: Proxy;
  target: Target;
  dial: () => Promise<Socket>;
  signal: AbortSignal;
}): Promise<Socket> {
  const { proxy, target, dial, signal } = options;
  const place = `The proxy ${proxy.url.host}`;
  const socket = await dial().catch((thrown: unknown) => {
    if (signal.aborted) throw thrown;
    const reason = thrown instanceof FairleadError ? thrown.message : 'It cannot be reached.';
    throw failed(`${place} cannot be used. ${reason}`, thrown);
  });
  const status = await requestTunnel({ socket, proxy, target, signal }).catch((thrown: unknown) => {
    socket.destroy();
    if (signal.aborted) throw thrown;
    throw failed(`${place} did not answer as a proxy does.`, thrown);
  });
  if (status >= 200 && status < 300) return socket;
  socket.destroy();
  if (status === 407) {
    throw neverSent(
      new FairleadError(
        'proxy_failed',
        `${place} asks for a user name and password, or refused those given.`,
        {
          help: 'Put them into the address: HTTPS_PROXY=http://user:password@host:port.',
        },
      ),
    );
  }
  throw failed(`${place} refused to connect to ${target.host}:${target.port} (HTTP ${status}).`);
}

/** @returns the proxy's status; the socket is then free of undici again */
function requestTunnel(options: {
  socket: Socket;
  proxy: Proxy;
  target: Target;
  signal: AbortSignal;
}): Promise<number> {
  const { socket, proxy, target, signal } = options;
  const authority = `${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`;
  const client = new Client(proxy.url.origin, {
    // Not at once: undici would miss it.
    connect: (_, callback) => queueMicrotask(() => callback(null, socket)),
    headersTimeout: 0,
  });
  return new Promise<number>((resolve, reject) => {
    const abort = () => void client.destroy();
    signal.addEventListener('abort', abort, { once: true });
    const settle = () => signal.removeEventListener('abort', abort);
    client.dispatch(
      {
        method: 'CONNECT',
        path: authority,
        headers: {
          host: authority,
          ...(proxy.authorization === undefined
            ? {}
            : { 'proxy-authorization': proxy.authorization.reveal() }),
        },
      },
      {
        onRequestStart: () => undefined,
        onRequestUpgrade: (_, status) => {
          settle();
          resolve(status);
        },
        onResponseError: (_, error) => {
          settle();
          reject(signal.aborted && signal.reason instanceof Error ? signal.reason : error);
        },
      },
    );
  });
}

function failed(message: string, cause?: unknown): FairleadError {
  const code = codeOf(cause);
  return neverSent(
    new FairleadError('proxy_failed', message, {
      help:
        code === 'ECONNREFUSED' || code === 'ENOTFOUND'
          ? 'Check HTTPS_PROXY, or add the host to NO_PROXY if it needs no proxy.'
          : 'Ask whoever runs the proxy, or add the host to NO_PROXY if it needs no proxy.',
      cause,
    }),
  );
}
