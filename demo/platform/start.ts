/** Starts the platform: accounts, keys and store behind an authorization server on loopback. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import Provider, { type ClientMetadata } from 'oidc-provider';
import { errorReport, FairleadError } from '../../shared/errors.ts';
import { createMemoryAccounts, type NewUser } from './accounts.ts';
import { apiPath, createApi } from './api/app.ts';
import { createConfiguration } from './config.ts';
import { createInteractions } from './interactions/app.ts';
import { takePrefilledCode } from './interactions/device.ts';
import { createSigningKeys, type SigningKeys } from './keys.ts';
import { createMemoryStore } from './memory-store.ts';
import type { PlatformContainer } from './resources.ts';
import { createSignInLimit } from './sign-in-limit.ts';
import type { Store } from './store.ts';

export interface PlatformOptions {
  /** 0 takes any free port. */
  readonly port: number;
  readonly users: readonly NewUser[];
  /** Lifetime of access tokens. Default 300. */
  readonly accessTokenSeconds?: number | undefined;
  /** Programs that are known without registering themselves. */
  readonly clients?: readonly ClientMetadata[] | undefined;
  /** Default: new ones at every start. */
  readonly keys?: SigningKeys | undefined;
  /** Default: in memory. */
  readonly store?: Store | undefined;
}

export interface RunningPlatform {
  readonly issuer: string;
  /** From now on tokens for its endpoint name it, and only its user gets any. */
  addContainer(container: PlatformContainer): void;
  /** Idempotent. */
  close(): Promise<void>;
}

/** Throws `connect_failed` when it cannot listen. */
export async function startPlatform(options: PlatformOptions): Promise<RunningPlatform> {
  const { store = createMemoryStore(), clients = [], accessTokenSeconds = 300 } = options;
  const [accounts, keys] = await Promise.all([
    createMemoryAccounts(options.users),
    options.keys ?? createSigningKeys(),
  ]);
  const known = new Map<string, PlatformContainer>();
  const containers = { byEndpoint: (endpoint: string) => Promise.resolve(known.get(endpoint)) };

  // The issuer has the port in it, and nobody can know a free one before it is taken.
  let serve: RequestListener = (_request, response) => void response.writeHead(503).end();
  const server = createServer((request, response) => serve(request, response));
  await listen(server, options.port);
  const authority = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer = `http://${authority}`;

  const parts = { issuer, accounts, containers, store, keys, clients, accessTokenSeconds };
  const provider = new Provider(issuer, createConfiguration(parts));
  provider.use(async (context, next) => {
    takePrefilledCode(context);
    context.set({ 'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'same-origin' });
    await next();
  });
  provider.on('server_error', (_context, thrown) => reportToStderr(thrown));
  const pages = createInteractions({
    provider,
    accounts,
    containers,
    limit: createSignInLimit(),
    report: reportToStderr,
  });
  const api = createApi({ issuer, accounts, keys, report: reportToStderr });
  const protocol = provider.callback();
  const listener: RequestListener = (...args) => void protocol(...args);
  serve = createRouter({ authority, pages: pages.fetch, api: api.fetch, protocol: listener });

  let closing: Promise<void> | undefined;
  return {
    issuer,
    addContainer: (container) => void known.set(container.endpoint, container),
    close: () => (closing ??= closeServer(server)),
  };
}

type FetchHandler = Parameters<typeof getRequestListener>[0];

function createRouter(to: {
  authority: string;
  pages: FetchHandler;
  api: FetchHandler;
  protocol: RequestListener;
}): RequestListener {
  const pages = getRequestListener(to.pages, { overrideGlobalObjects: false });
  const api = getRequestListener(to.api, { overrideGlobalObjects: false });
  return (request, response) => {
    // DNS rebinding: another site's name may lead here, but then it is that name that the browser sends.
    if (request.headers.host !== to.authority) response.writeHead(421).end();
    else if (request.url?.startsWith('/interaction/') === true) void pages(request, response);
    else if (request.url?.startsWith(`${apiPath}/`) === true) void api(request, response);
    else to.protocol(request, response);
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const onError = (cause: Error) => {
      const help = 'Choose another with --port, or end the program that has it.';
      reject(
        new FairleadError('connect_failed', `The platform cannot listen on port ${port}.`, { help, cause }),
      );
    };
    server.once('error', onError);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', onError);
      resolve();
    });
  });
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

function reportToStderr(thrown: unknown): void {
  process.stderr.write(`platform: ${errorReport(thrown).message}\n`);
}
