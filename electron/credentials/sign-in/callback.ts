/** Where the browser comes back to: a server on 127.0.0.1 that lives as long as one sign-in (RFC 8252 §7.3). */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { FairleadError } from '../../../shared/errors.ts';
import { acceptedPage, pageHeaders, refusedPage } from './callback-page.ts';

export interface Callback {
  readonly redirectUri: string;
  /**
   * The redirect URI with the query that came with the right `state`, which may still be an error of the issuer.
   * Rejects with sign_in_failed when nobody comes in time, or with the signal's reason.
   */
  readonly answer: Promise<URL>;
  /** Idempotent. */
  close(): void;
}

const path = '/callback';
const host = '127.0.0.1';
const lifetimeMs = 10 * 60_000;
/** A browser sends its request at once. Who holds a connection open without one loses it to the next who comes. */
const requestMs = 5_000;
const maxConnections = 64;

/**
 * @param options.port the one to use; in use by somebody else: sign_in_failed
 * @param options.preferredPort tried first where `port` is free to choose
 * @param options.state what the issuer was given, never guessable
 */
export async function openCallback(options: {
  port?: number | undefined;
  preferredPort?: number | undefined;
  state: string;
  signal: AbortSignal;
  lifetimeMs?: number;
}): Promise<Callback> {
  const { state, signal } = options;
  signal.throwIfAborted();
  let resolve: (url: URL) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const answer = new Promise<URL>((...settle) => {
    [resolve, reject] = settle;
  });
  // It may fail before anybody waits for it.
  answer.catch(() => undefined);
  let authority = '';
  let open = true;

  const server = createServer(
    {
      headersTimeout: requestMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: 500,
      maxHeaderSize: 16 * 1024,
    },
    (request, response) => {
      const query = open ? answerIn(request, { authority, state }) : undefined;
      if (query === undefined) {
        reply(response, 400);
        return;
      }
      // Single use: whoever comes second with the same state is refused.
      open = false;
      response.once('close', () => {
        resolve(new URL(`${redirectUri}?${query.toString()}`));
        close();
      });
      reply(response, 200);
    },
  );
  boundConnections(server);
  const port = await listen(server, options);
  authority = `${host}:${port}`;
  const redirectUri = `http://${authority}${path}`;

  const timer = setTimeout(() => fail(tooLate()), options.lifetimeMs ?? lifetimeMs);
  const onAbort = () => fail(signal.reason);
  const close = () => {
    open = false;
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    server.close();
    server.closeAllConnections();
  };
  const fail = (reason: unknown) => {
    reject(reason);
    close();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return { redirectUri, answer, close };
}

/** The query, if this is the browser coming back. Everything else on this port is somebody trying. */
function answerIn(
  { method, url, headers }: IncomingMessage,
  expected: { authority: string; state: string },
): URLSearchParams | undefined {
  // A foreign Host is a page that had its name rebound to this machine.
  if (method !== 'GET' || headers.host !== expected.authority || url === undefined) return undefined;
  const at = url.indexOf('?');
  if (at < 0 || url.slice(0, at) !== path) return undefined;
  const query = new URLSearchParams(url.slice(at + 1));
  const states = query.getAll('state');
  return states.length === 1 && isSame(states[0] ?? '', expected.state) ? query : undefined;
}

function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function reply(response: ServerResponse, status: 200 | 400): void {
  response.writeHead(status, { ...pageHeaders, connection: 'close' });
  response.end(status === 200 ? acceptedPage : refusedPage);
}

/** Idle connections are dropped, oldest first, so that no number of them keeps the browser out. */
function boundConnections(server: Server): void {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    sockets.add(socket);
    const [oldest] = sockets;
    if (sockets.size > maxConnections) oldest?.destroy();
  });
}

async function listen(
  server: Server,
  { port, preferredPort }: { port?: number | undefined; preferredPort?: number | undefined },
): Promise<number> {
  const bind = (wanted: number) =>
    new Promise<number>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ port: wanted, host, exclusive: true }, () => {
        server.off('error', reject);
        resolve((server.address() as AddressInfo).port);
      });
    });
  if (port === undefined) {
    return preferredPort === undefined ? bind(0) : bind(preferredPort).catch(() => bind(0));
  }
  return bind(port).catch((cause: unknown) => {
    throw new FairleadError('sign_in_failed', `Port ${port} for the sign-in's callback cannot be used.`, {
      help: 'End the program that uses it, or choose another one with --callback-port.',
      cause,
    });
  });
}

function tooLate(): FairleadError {
  return new FairleadError('sign_in_failed', 'Nobody has signed in within ten minutes.', {
    help: 'Run `fairlead auth <name>` when you are ready to.',
  });
}
