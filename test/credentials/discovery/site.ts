/** A container's site on loopback, and a discovery over real connections to it. */
import type { RequestListener } from 'node:http';
import type { Container } from '../../../shared/container.ts';
import { container as containerSchema } from '../../../shared/container.ts';
import { createDiscovery } from '../../../electron/credentials/discovery/create-discovery.ts';
import type {
  Challenge,
  Discovery,
  GuardedFetch,
} from '../../../electron/credentials/discovery/discovered.ts';
import { createGuardedFetch } from '../../../electron/credentials/discovery/guarded-fetch.ts';
import { signInTerms } from '../../../electron/credentials/discovery/sign-in-terms.ts';
import { systemClock, type Clock } from '../../../electron/runtime/clock.ts';
import { createGuardedClient } from '../../../electron/upstream/network/guarded-client.ts';
import type { Resolve } from '../../../electron/upstream/network/checked-lookup.ts';
import { startWebServer, type WebServer } from '../../support/web-server.ts';

/** By path: a listener, or a value to answer with as JSON. What is not there is 404. */
export type Routes = Record<string, unknown>;

/** Answers with a status and headers, and no body. */
export function status(code: number, headers: Record<string, string> = {}): RequestListener {
  return (_, response) => void response.writeHead(code, headers).end();
}

/** Answers with text. */
export function page(text: string, type = 'text/html'): RequestListener {
  return (_, response) => void response.writeHead(200, { 'content-type': type }).end(text);
}

export function listenerOf(routes: Routes, asked: string[]): RequestListener {
  return (request, response) => {
    const path = request.url ?? '';
    asked.push(`${request.method ?? ''} ${path}`);
    const route = routes[path];
    if (typeof route === 'function') {
      (route as RequestListener)(request, response);
    } else if (route === undefined) {
      response.writeHead(404).end('nothing here');
    } else {
      response.setHeader('content-type', 'application/json').end(JSON.stringify(route));
    }
  };
}

export interface Site extends WebServer {
  readonly origin: string;
  /** `METHOD path` of each request. */
  readonly asked: string[];
}

export async function startSite(routes: (origin: string) => Routes = () => ({})): Promise<Site> {
  const asked: string[] = [];
  let listener: RequestListener = () => undefined;
  const server = await startWebServer((request, response) => listener(request, response));
  const { origin } = server.url;
  listener = listenerOf(routes(origin), asked);
  return { ...server, origin, asked };
}

/** Metadata that is right in every way. */
export function goodServer(issuer: string, more: Routes = {}): Routes {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    registration_endpoint: `${issuer}/register`,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    ...more,
  };
}

export function oauthContainer(url: string | URL, auth: Routes = {}): Container {
  return containerSchema.parse({ name: 'demo', url: String(url), auth: { method: 'oauth', ...auth } });
}

export function challengeOf(more: Partial<Challenge> = {}): Challenge {
  return { resourceMetadata: undefined, scope: undefined, error: undefined, ...more };
}

/** The core's own way of putting the parts together. */
export interface Discoverer extends AsyncDisposable {
  readonly discovery: Discovery;
  readonly fetchFor: (container: Container) => GuardedFetch;
  readonly discover: (
    container: Container,
    challenge?: Challenge,
    fresh?: boolean,
  ) => ReturnType<Discovery['discover']>;
}

export function discoverer(
  options: { env?: NodeJS.ProcessEnv; resolve?: Resolve; clock?: Clock } = {},
): Discoverer {
  const { env = {}, resolve, clock = systemClock } = options;
  const open: { close(): Promise<void> }[] = [];
  const fetchFor = (container: Container) =>
    createGuardedFetch({
      configured: signInTerms(container).configured,
      ...(resolve && { resolve }),
      open(admit) {
        const client = createGuardedClient({ container, env, admit, ...(resolve && { resolve }) });
        open.push(client);
        return client.send;
      },
    });
  const discovery = createDiscovery({ fetch: fetchFor, clock });
  return {
    discovery,
    fetchFor,
    discover: (container, challenge, fresh = false) => discovery.discover(container, { challenge, fresh }),
    async [Symbol.asyncDispose]() {
      for (const each of open) await each.close();
    },
  };
}
