/** Starts a container: config.yaml, notes and app, listening. For the command, the demo and the tests. */
import type { RequestListener } from 'node:http';
import { Server as TlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getRequestListener } from '@hono/node-server';
import { openDatabase } from '../database/open.ts';
import { createApp } from './app.ts';
import { openAudit } from './audit.ts';
import { checkBinding } from './guard/binding.ts';
import { hasTenants, openGuard, type Guard, type GuardMode } from './guard/guard.ts';
import type { TlsMaterial } from './guard/tls-material.ts';
import { createTenantLimit } from './guard/tenant-limit.ts';
import { closeAll, createContainerServer, followTls, listen } from './listening.ts';
import { openNoteStores } from './notes/stores.ts';
import { reportToStderr } from './report.ts';

export interface ContainerOptions {
  /** Path of config.yaml. */
  readonly config: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Where the notes are kept; made if it is not there. */
  readonly dataDir: string;
  /** Default 127.0.0.1. */
  readonly host?: string | undefined;
  /** Before what config.yaml names. */
  readonly tls?: TlsMaterial | undefined;
  /** Of a Postgres server for the notes of tenants. Default: an embedded one in `dataDir`. */
  readonly databaseUrl?: string | undefined;
  /** How often sessions of revoked tokens, and renewed certificates, are looked for. Default 15,000. */
  readonly sweepMs?: number | undefined;
}

export interface RunningContainer {
  /** The MCP endpoint. */
  readonly url: string;
  readonly mode: GuardMode;
  /** Ends every session and every connection. Idempotent. */
  close(): Promise<void>;
}

/** Throws `config_invalid`, `usage` for a binding the guard does not allow, `connect_failed` when it cannot listen. */
export async function startContainer(options: ContainerOptions): Promise<RunningContainer> {
  const { host = '127.0.0.1', sweepMs = 15_000 } = options;
  let url = '';
  const guard = await openGuard(options.config, () => url);
  const tls = guard.tls?.clientCa === undefined ? (options.tls ?? guard.tls) : guard.tls;
  checkBinding({ mode: guard.mode, host, tls: tls !== undefined });
  const kept = await openKept(options, guard);
  const terms = guard.limit ?? (hasTenants(guard.mode) ? { requests: 1_200, seconds: 60 } : undefined);
  const limit = terms === undefined ? undefined : createTenantLimit(terms);
  const app = createApp({
    guard,
    isSecure: tls !== undefined,
    limit,
    ...kept,
    report: reportToStderr,
    sweepMs,
  });

  const listener = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const onRequest = route(guard, (...args) => void listener(...args));
  const server = createContainerServer(tls, onRequest);
  try {
    await listen(server, host, options.port);
  } catch (thrown) {
    await app.close();
    await kept.close();
    throw thrown;
  }

  const { port } = server.address() as AddressInfo;
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  url = `${tls === undefined ? 'http' : 'https'}://${authority}/mcp`;
  try {
    await guard.authorization?.();
  } catch (thrown) {
    await closeAll(server, app);
    await kept.close();
    throw thrown;
  }
  const { readTls } = guard;
  const unfollow =
    server instanceof TlsServer && tls !== undefined && tls === guard.tls
      ? followTls(server, { shown: tls, read: readTls, everyMs: sweepMs })
      : undefined;
  let closing: Promise<void> | undefined;
  const close = async () => {
    unfollow?.();
    await closeAll(server, app);
    await kept.close();
  };
  return {
    url,
    mode: guard.mode,
    close: () => (closing ??= close()),
  };
}

/** MCP, its metadata and all else where there is nothing else to ask for. */
const ofContainer = /^\/(mcp|sse|messages)([/?]|$)|^\/\.well-known\/oauth-protected-resource/;

/** In mode `oauth` the container is an authorization server too, on the same origin. */
function route({ authorization }: Guard, container: RequestListener): RequestListener {
  if (authorization === undefined) return container;
  return (request, response) => {
    if (ofContainer.test(request.url ?? '')) {
      container(request, response);
      return;
    }
    authorization().then(
      (server) => server.handle(request, response),
      (thrown: unknown) => {
        reportToStderr(thrown);
        response.writeHead(503).end();
      },
    );
  };
}

/** What outlives a request. Only where there are tenants it takes a database, which is slow to start. */
async function openKept({ dataDir, databaseUrl }: ContainerOptions, { mode }: Guard) {
  const database = hasTenants(mode)
    ? await openDatabase({ url: databaseUrl, folder: join(dataDir, 'database') }, reportToStderr)
    : undefined;
  const audit =
    database !== undefined || mode === 'mtls'
      ? await openAudit(join(dataDir, 'audit.log'), reportToStderr)
      : undefined;
  return {
    stores: await openNoteStores({ folder: dataDir, database }),
    audit,
    close: async () => {
      await audit?.close();
      await database?.close();
    },
  };
}
