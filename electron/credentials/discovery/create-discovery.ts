/** Finds out how a container wants to be entered: its own metadata, its issuer's, and the scope to ask for. */
import type { AuthorizationServer } from 'oauth4webapi';
import type { Container } from '../../../shared/container.ts';
import { FairleadError } from '../../../shared/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Discovered, Discovery, GuardedFetch } from './discovered.ts';
import type { Reach } from './document.ts';
import { canonicalResource, readResourceMetadata, type ProtectedResource } from './resource-metadata.ts';
import { chooseScope } from './scope.ts';
import { defaultServer, readOwnServerMetadata, readServerMetadata } from './server-metadata.ts';
import { signInTerms, type SignInTerms } from './sign-in-terms.ts';
import { requireUsable } from './usable-server.ts';

const keptMs = 5 * 60_000;
/** For all documents together, however slowly each of them comes. */
const mostMs = 12_000;

/** A list without end would have us ask strangers without end. */
const mostIssuers = 4;

/** What does not depend on the challenge's scope, and so can be kept. */
interface Found {
  readonly server: AuthorizationServer;
  readonly source: Discovered['source'];
  readonly protectedResource: ProtectedResource | undefined;
}

interface Kept {
  readonly url: string;
  readonly named: string | undefined;
  readonly at: number;
  readonly found: Promise<Found>;
}

/** @param deps.fetch guarded for this container (createGuardedFetch) */
export function createDiscovery(deps: {
  fetch: (container: Container) => GuardedFetch;
  clock: Clock;
}): Discovery {
  const { fetch, clock } = deps;
  const kept = new Map<string, Kept>();

  const find = (container: Container, named: string | undefined, fresh: boolean): Promise<Found> => {
    const key = JSON.stringify([container.url, container.auth, container.tls]);
    const known = kept.get(key);
    const fits = known !== undefined && (named === undefined || named === known.named);
    if (!fresh && fits && clock.elapsed() - known.at < keptMs) return known.found;
    const terms = signInTerms(container);
    const found = withinTime((signal) =>
      look(terms, named, { fetch: fetch(container), configured: terms.configured, signal }),
    );
    const entry = { url: container.url, named, at: clock.elapsed(), found };
    kept.set(key, entry);
    found.catch(() => {
      if (kept.get(key) === entry) kept.delete(key);
    });
    return found;
  };

  return {
    async discover(container, { challenge, fresh }) {
      const { server, source, protectedResource } = await find(container, challenge?.resourceMetadata, fresh);
      const terms = signInTerms(container);
      const { identity } = terms;
      return {
        identity,
        resource: terms.resource ?? protectedResource?.resource ?? canonicalResource(terms.url),
        server,
        source,
        scope: chooseScope({
          configured: terms.scope,
          // A container has no say in what an identity provider is asked for.
          challenged: identity === undefined ? challenge?.scope : identity.scope,
          resourceScopes: protectedResource?.scopesSupported,
          serverScopes: server.scopes_supported,
          refreshable:
            terms.needs !== 'client_credentials' &&
            server.grant_types_supported?.includes('refresh_token') !== false,
        }),
      };
    },
    forget({ url }) {
      for (const [key, entry] of kept) if (entry.url === url) kept.delete(key);
    },
  };
}

async function look(terms: SignInTerms, named: string | undefined, reach: Reach): Promise<Found> {
  if (terms.explicit !== undefined) {
    requireUsable(terms.explicit, 'explicit', terms);
    return { server: terms.explicit, source: 'explicit', protectedResource: undefined };
  }
  if (terms.issuer !== undefined) {
    const server = await readServerMetadata(terms.issuer, reach);
    if (server === undefined) throw noSuchIssuer();
    requireUsable(server, 'metadata', terms);
    return { server, source: 'metadata', protectedResource: undefined };
  }
  const protectedResource = await readResourceMetadata(terms.url, named, reach);
  const issuers = protectedResource?.authorizationServers ?? [];
  if (issuers.length > 0)
    return { server: await firstUsable(issuers, terms, reach), source: 'metadata', protectedResource };
  const published = await readOwnServerMetadata(terms.url, reach);
  const server = published ?? defaultServer(terms.url);
  const source = published === undefined ? 'defaults' : 'metadata';
  requireUsable(server, source, terms);
  return { server, source, protectedResource };
}

/** RFC 9728 §7.6 leaves the choice to us: the container's own order. Throws what is wrong with the first of them. */
async function firstUsable(
  issuers: readonly string[],
  terms: SignInTerms,
  reach: Reach,
): Promise<AuthorizationServer> {
  const failures: unknown[] = [];
  for (const issuer of issuers.slice(0, mostIssuers)) {
    try {
      const server = await readServerMetadata(issuer, reach);
      if (server === undefined) throw unpublished();
      requireUsable(server, 'metadata', terms);
      return server;
    } catch (thrown) {
      failures.push(thrown);
      // The time is over for the others too.
      if (reach.signal.aborted) break;
    }
  }
  throw failures[0];
}

async function withinTime<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(tooSlow()), mostMs);
  try {
    return await work(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}

function unpublished(): FairleadError {
  return new FairleadError(
    'discovery_failed',
    'The authorization server that the container names publishes no metadata.',
    {
      help: 'Ask whoever runs the container for its authorization and token addresses, and give them with --authorization-url and --token-url.',
    },
  );
}

function noSuchIssuer(): FairleadError {
  return new FairleadError('discovery_failed', 'The identity provider publishes no metadata at its URL.', {
    help: 'Check --provider or --domain: it is the issuer, as its ID tokens name it. For a provider without metadata give --token-url and --authorization-url.',
  });
}

function tooSlow(): FairleadError {
  return new FairleadError('timed_out', 'Finding out how to sign in to the container took too long.', {
    help: 'Try again. If it happens often, see `fairlead doctor`.',
  });
}
