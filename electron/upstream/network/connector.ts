/** Opens the connections to a container: directly or through a proxy, with TLS and pins, within one time limit. */
import { connect, type LookupFunction, type Socket } from 'node:net';
import type { buildConnector } from 'undici';
import type { TlsSettings } from '../../../shared/container.ts';
import { FairleadError } from '../../../shared/errors.ts';
import type { ClientCertificate, TlsIdentity } from '../../credentials/broker.ts';
import { causeName, type Logger } from '../../runtime/logger.ts';
import type { Gate } from './checked-lookup.ts';
import { established } from './established.ts';
import { shakeHands, wantsAuthority, type SessionCache } from './handshake.ts';
import { connectTimedOut, dialError, type Target } from './network-errors.ts';
import { openTunnel } from './proxy-tunnel.ts';
import { chooseProxy, type Proxy } from './proxy.ts';
import { createTlsContexts, type TlsContexts } from './tls.ts';

/** What a server is held to; its client certificate comes from the broker. */
export type TlsTerms = Pick<TlsSettings, 'ca' | 'pins'>;

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
  readonly certificate: ClientCertificate | undefined;
  /** Of the certificate that is shown now: a session that is resumed shows the one that it began with. */
  resumable: { readonly shown: TlsIdentity | undefined; readonly sessions: SessionCache };
  /** Whether Node's own authorities turned out not to be enough. */
  wide: boolean;
}

export function createConnector(options: {
  tls: TlsTerms;
  certificate?: ClientCertificate | undefined;
  env: NodeJS.ProcessEnv;
  connectTimeoutMs: number;
  /** Judges addresses before they are dialled; absent: all are. */
  gate?: Gate | undefined;
  log: Logger | undefined;
}): Connector {
  const { tls, certificate, env, connectTimeoutMs, gate, log } = options;
  const sockets = new Set<Socket>();
  const contexts = createTlsContexts({ ca: tls.ca, env, log });
  const party = (own: Pick<TlsParty, 'pins' | 'certificate'>): TlsParty => ({
    contexts,
    ...own,
    resumable: { shown: undefined, sessions: new Map() },
    wide: false,
  });
  const container = party({ pins: tls.pins ?? [], certificate });
  const intermediary = party({ pins: [], certificate: undefined });

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
    const shown = await to.certificate?.current();
    if (to.resumable.shown !== shown) to.resumable = { shown, sessions: new Map() };
    const { sessions } = to.resumable;
    const attempt = async (wide: boolean) =>
      shakeHands({
        target,
        context: await (wide ? to.contexts.all(shown) : to.contexts.near(shown)),
        pins: to.pins,
        sessions,
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
