/** How a container is reached, step by step, for whoever wants to look at the way itself (`fairlead doctor`). */
import type { X509Certificate } from 'node:crypto';
import { connect } from 'node:net';
import type { Container } from '../../../shared/container.ts';
import type { ClientCertificate, TlsIdentity } from '../../credentials/broker.ts';
import { established } from './established.ts';
import { shakeHands } from './handshake.ts';
import { checkAuthorities } from './network-environment.ts';
import { connectTimedOut, dialError, type Target } from './network-errors.ts';
import { printOf } from './pins.ts';
import { chooseProxy } from './proxy.ts';
import { createTlsContexts } from './tls.ts';

/** What a handshake showed. */
export interface Handshake {
  readonly protocol: string | undefined;
  /** When the server's certificate ends, as OpenSSL writes it. */
  readonly validTo: string | undefined;
  /** Of the server's public key, in the form of a pin. */
  readonly print: string | undefined;
  /** The client certificate that was at hand for it. */
  readonly shown: TlsIdentity | undefined;
}

export interface Network {
  /** Throws usage where a file names no authority that could be trusted. */
  checkAuthorities(file: string): Promise<void>;
  /** The proxy's address without user name and password; undefined: directly. Throws proxy_failed. */
  proxyFor(url: URL): URL | undefined;
  /** Opens a TCP connection and closes it. Throws what a request would meet. */
  dial(target: Target): Promise<void>;
  /** Agrees on TLS with a container as a request would, pins included, and sends nothing. Throws what that would meet. */
  shakeHands(container: Container, target: Target): Promise<Handshake>;
}

const patienceMs = 10_000;

/** @param certificateOf of a configured container */
export function createNetwork(
  env: NodeJS.ProcessEnv,
  certificateOf: (container: Container) => ClientCertificate | undefined,
): Network {
  return {
    checkAuthorities,
    proxyFor: (url) => chooseProxy(url, env)?.url,
    dial: (target) =>
      inTime(target, async (signal) => {
        const socket = connect({ host: target.host, port: target.port });
        try {
          await established(socket, 'connect', signal);
        } catch (thrown) {
          throw dialError(thrown, target);
        } finally {
          socket.destroy();
        }
      }),
    shakeHands: (container, target) =>
      inTime(target, async (signal) => {
        const shown = await certificateOf(container)?.current();
        const { ca, pins = [] } = container.tls;
        const context = await createTlsContexts({ ca, env, log: undefined }).all(shown);
        let certificate: X509Certificate | undefined;
        const socket = await shakeHands({
          ...{ target, context, pins, signal },
          sessions: new Map<string, never>(),
          onSocket: () => undefined,
          onCertificate: (leaf) => (certificate = leaf),
        });
        const protocol = socket.getProtocol() ?? undefined;
        socket.destroy();
        return { protocol, validTo: certificate?.validTo, print: certificate && printOf(certificate), shown };
      }),
  };
}

async function inTime<T>(target: Target, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(connectTimedOut(target)), patienceMs);
  try {
    return await work(deadline.signal);
  } finally {
    clearTimeout(timer);
  }
}
