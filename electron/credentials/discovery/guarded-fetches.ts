/** One guarded fetch, and its connections, for each container that is signed in to. */
import type { Container } from '../../../shared/container.ts';
import type { Send } from '../exchange.ts';
import type { Admit } from './admission.ts';
import type { GuardedFetch } from './discovered.ts';
import { createGuardedFetch } from './guarded-fetch.ts';
import { signInTerms } from './sign-in-terms.ts';

interface Client {
  readonly send: Send;
  reconnect(): void;
  close(): Promise<void>;
}

export interface GuardedFetches {
  /** Throws FairleadError for a container that nobody signs in to. */
  readonly fetch: (container: Container) => GuardedFetch;
  /** Connections are opened anew, as those that there are may lead nowhere. */
  reconnect(): void;
  close(): Promise<void>;
}

/** @param connect makes connections that ask `admit` before each is dialled */
export function createGuardedFetches(
  connect: (container: Container, admit: Admit) => Client,
): GuardedFetches {
  const fetches = new Map<string, GuardedFetch>();
  const clients: Client[] = [];

  const open = (container: Container): GuardedFetch =>
    createGuardedFetch({
      open(admit) {
        const client = connect(container, admit);
        clients.push(client);
        return client.send;
      },
      configured: signInTerms(container).configured,
    });

  return {
    fetch(container) {
      // What else a container says decides nothing about these connections.
      const key = JSON.stringify([container.url, container.auth, container.tls]);
      const known = fetches.get(key) ?? open(container);
      fetches.set(key, known);
      return known;
    },
    reconnect() {
      for (const client of clients) client.reconnect();
    },
    async close() {
      await Promise.all(clients.map((client) => client.close()));
    },
  };
}
