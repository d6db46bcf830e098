/** Opens the connections to a container: directly or through a proxy, with TLS and pins, within one time limit. */
import { connect, type LookupFunction, type Socket } from 'node:net';
import type { buildConnector } from 'undici';
import type { TlsSettings } from '../../../shared/container.ts';
import { FairleadError } from '../../../shared/errors.ts';
import { causeName, type Logger } from '../../runtime/logger.ts';
import type { Gate } from './checked-lookup.ts';
import { established } from './established.ts';
import { shakeHands, wantsAuthority, type SessionCache } from './handshake.ts';
import { connectTimedOut, dialError, type Target } from './network-errors.ts';
import { openTunnel } from './proxy-tunnel.ts';
import { chooseProxy, type Proxy } from './proxy.ts';
import { createTlsContexts, type TlsContexts } from './tls.ts';

export interface Connector {
  /** For undici. The socket it gets may carry a request at once; each failure is a FairleadError, and nothing was sent. */
  readonly connect: buildConnector.connector;
  /** Ends every connection it opened. */
  close(): void;
}

/** How to speak TLS with one party: the container, or a proxy, which gets neither our certificate nor our pins. */
interface TlsParty {
  readonly contexts: TlsContexts;
  readonly pins: readonly string[];
  readonly sessions: SessionCache;
  /** Whether Node's own authorities turned out not to be enough. */
  wide: boolean;
}

export function createConnector(options: {
  tls: TlsSettings;
  env: NodeJS.ProcessEnv;
  connectTimeoutMs: number;
  /** Judges addresses before they are dialled; absent: all are. */
  gate?: Gate | undefined;
  log: Logger | undefined;
}): Connector {
  const { tls, env, connectTimeoutMs, gate, log } = options;
  const sockets = new Set<Socket>();
  const party = (settings: TlsSettings): TlsParty => ({
    contexts: createTlsContexts({ settings, env, log }),
    pins: settings.pins ?? [],
    sessions: new Map(),
    wide: false,
  });
  const container = party(tls);
  const intermediary = party(tls.ca === undefined ? {} : { ca: tls.ca });

  const track = (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  };

  const dial = async (target: Target, signal: AbortSignal, lookup?: LookupFunction): Promise<Socket> => {
    const socket = connect({ host: target.host, port: target.port, ...(lookup && { lookup }) });
    track(socket);
    try {
      await established(socket, 'connect', signal);
      return socket;
    } catch (thrown) {
      throw signal.aborted ? thrown : dialError(thrown, target);
    }
  };

  const secure = async (
    target: Target,
    to: TlsParty,
    how: { signal: AbortSignal; through?: () => Promise<Socket> },
  ): Promise<Socket> => {
    const attempt = async (wide: boolean) =>
      shakeHands({
        target,
        context: await (wide ? to.contexts.all() : to.contexts.near()),
        pins: to.pins,
        sessions: to.sessions,
        through: await how.through?.(),
        signal: how.signal,
        onSocket: track,
      });
    try {
      return await attempt(to.wide);
    } catch (thrown) {
      if (to.wide || !wantsAuthority(thrown)) throw thrown;
      const socket = await attempt(true);
      to.wide = true;
      return socket;
    }
  };

  const tunnel = (proxy: Proxy, target: Target, signal: AbortSignal) => {
    const place = { host: hostOf(proxy.url.hostname), port: portOf(proxy.url.protocol, proxy.url.port) };
    return openTunnel({
      proxy,
      target,
      dial: () =>
        proxy.url.protocol === 'https:' ? secure(place, intermediary, { signal }) : dial(place, signal),
      signal,
    });
  };

  const open = async ({ protocol, hostname, port }: buildConnector.Options): Promise<Socket> => {
    const target = { host: hostOf(hostname), port: portOf(protocol, port) };
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(connectTimedOut(target)), connectTimeoutMs);
    const { signal } = deadline;
    const startedAt = performance.now();
    try {
      const url = new URL(
        `${protocol}//${hostname.includes(':') ? `[${target.host}]` : hostname}:${target.port}`,
      );
      const proxy = chooseProxy(url, env);
      await (proxy === undefined ? gate?.checkLiteral(target.host) : gate?.checkForProxy(target.host));
      const through =
        proxy !== undefined
          ? () => tunnel(proxy, target, signal)
          : gate && (() => dial(target, signal, gate.lookup));
      const socket =
        protocol === 'https:'
          ? await secure(target, container, { signal, ...(through && { through }) })
          : await (through?.() ?? dial(target, signal));
      // One small write per message, and word within a minute of a peer that vanished.
      socket.setNoDelay(true).setKeepAlive(true, 30_000);
      log?.debug('connection.opened', {
        host: target.host,
        durationMs: Math.round(performance.now() - startedAt),
      });
      return socket;
    } catch (thrown) {
      const error = dialError(thrown, target);
      log?.warn('connection.failed', { host: target.host, code: error.code, cause: causeName(error.cause) });
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };

  return {
    connect(target, callback) {
      open(target).then(
        (socket) => callback(null, socket),
        (thrown: unknown) =>
          callback(thrown instanceof FairleadError ? thrown : new Error('Unreachable.'), null),
      );
    },
    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function hostOf(hostname: string): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function portOf(protocol: string, port: string): number {
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}
