/** All containers' connections: each is made when first needed, shared by its clients, and kept warm. */
import { createHash } from 'node:crypto';
import type { Container, ProbeReport } from '../../shared/container.ts';
import type { PinMismatch } from '../../shared/errors.ts';
import type { Broker, CredentialOwner } from '../credentials/broker.ts';
import type { Send } from '../credentials/exchange.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Upstream } from './conversation.ts';
import { createHttpClient, type HttpClient } from './network/http-client.ts';
import { createPinStops } from './pin-stops.ts';
import { keyOf } from './present-key.ts';
import { probeContainer } from './probe.ts';
import { createUpstream } from './upstream.ts';

export interface UpstreamPool {
  /** The connections of exactly this container with exactly this credential. */
  get(owner: CredentialOwner): Upstream;
  /** Requests without a token or key, to see what the server asks of a stranger. */
  stranger(container: Container): { readonly send: Send; close(): Promise<void> };
  /** Asks a server what it is, over connections of its own. */
  probe(owner: CredentialOwner): Promise<ProbeReport>;
  /** How the container is spoken to, as far as it was used. */
  transportOf(owner: CredentialOwner): 'http' | 'sse' | undefined;
  /** What keeps requests from a container whose key is none of its pins, until the person has decided. */
  stoppedBy(name: string): PinMismatch | undefined;
  /**
   * The print of the key that a container's server holds now, besides being certified; not a byte of a request is sent.
   * @throws FairleadError what keeps it from being seen
   */
  keyOf(container: Container): Promise<string>;
  /**
   * The machine has slept, or is elsewhere in the network: connections are opened anew, and what has to be renewed is, before
   * the next call would wait for it. What fails that call meets again. Never rejects.
   */
  reconnect(): Promise<void>;
  /**
   * Whoever comes for a container of that name gets other connections from now on.
   * @returns the function that ends those that there were, and forgets what stopped it
   */
  retire(name: string): () => Promise<void>;
  close(): Promise<void>;
}

export function createUpstreamPool(deps: {
  env: NodeJS.ProcessEnv;
  broker: Broker;
  logger: Logger;
}): UpstreamPool {
  const { env, broker, logger } = deps;
  const upstreams = new Map<string, { owner: CredentialOwner; upstream: Upstream; client: HttpClient }>();
  const stops = createPinStops();

  const connect = (owner: CredentialOwner) => {
    const log = logger.with({ container: owner.container.name });
    const { container, configured } = owner;
    const client = createHttpClient({
      tls: container.tls,
      certificate: broker.certificate(owner),
      env,
      log,
    });
    const send = broker.authenticated(owner, client.send);
    // Outermost: while the container is stopped, no token is fetched for it either. A URL has no name to decide under.
    return { client, send: configured ? stops.guard(container, send) : send };
  };

  return {
    get(owner) {
      const key = placeOf(owner);
      const known = upstreams.get(key);
      if (known !== undefined) return known.upstream;
      const { container } = owner;
      const { client, send } = connect(owner);
      const upstream = createUpstream({ container, send, close: () => client.close() });
      upstreams.set(key, { owner, upstream, client });
      client.warm(new URL(container.url));
      return upstream;
    },
    stranger(container) {
      const certificate = broker.certificate({ container, configured: true });
      const client = createHttpClient({ tls: container.tls, certificate, env, log: logger });
      return { send: client.send, close: () => client.close() };
    },
    async probe(owner) {
      const { client, send } = connect(owner);
      try {
        return await probeContainer(owner.container, send);
      } finally {
        await client.close();
      }
    },
    transportOf: (owner) => upstreams.get(placeOf(owner))?.upstream.transport,
    stoppedBy: (name) => stops.reason(name),
    keyOf(container) {
      const certificate = broker.certificate({ container, configured: true });
      return keyOf(container, { env, log: logger, certificate });
    },
    async reconnect() {
      await Promise.all(
        [...upstreams.values()].map(async ({ owner, client }) => {
          client.reconnect();
          await broker.prepare(owner).catch(() => undefined);
        }),
      );
    },
    retire(name) {
      const retired = [...upstreams].filter(([, { owner }]) => owner.container.name === name);
      for (const [key] of retired) upstreams.delete(key);
      return async () => {
        stops.lift(name);
        await Promise.all(retired.map(([, entry]) => entry.upstream.close()));
      };
    },
    async close() {
      const all = [...upstreams.values()];
      upstreams.clear();
      await Promise.all(all.map(({ upstream }) => upstream.close()));
    },
  };
}

/** Clients share connections only where everything that decides about them is the same, the credential included. */
function placeOf({ container, configured, handedIn, passphrase, undeclared }: CredentialOwner): string {
  const [credential, opener] = [handedIn, passphrase].map((secret) =>
    secret === undefined ? '' : createHash('sha256').update(secret.reveal()).digest('hex'),
  );
  return JSON.stringify([configured, container, credential, opener, undeclared ?? false]);
}
