/** Starts the platform on loopback: database, keys and parts, behind one listener. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClientMetadata } from 'oidc-provider';
import { errorReport, FairleadError } from '../../shared/errors.ts';
import type { NewUser } from './accounts.ts';
import { createAudit } from './audit.ts';
import { idTokenSeconds } from './config.ts';
import type { Database } from '../database/database.ts';
import { migrate } from './database/migrate.ts';
import { openKeyRing } from './keys.ts';
import { createParts } from './parts.ts';
import { createServing } from './serving.ts';

export interface PlatformOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Brought to the tables of this version; whoever opened it closes it. */
  readonly database: Database;
  readonly users: readonly NewUser[];
  /** The built program `container`, which hosted ones are started with. */
  readonly containerProgram: string;
  /** Where hosted containers keep what is theirs; left out, it is forgotten at the end. */
  readonly folder?: string | undefined;
  /** A hosted container that nobody has called for so long goes to sleep. Default 15 minutes. */
  readonly hostedIdleMs?: number | undefined;
  /** Lifetime of access tokens. Default 300. */
  readonly accessTokenSeconds?: number | undefined;
  /** Lifetime of users' client certificates. Default 86,400. */
  readonly certificateSeconds?: number | undefined;
  /** Programs that are known without registering themselves. */
  readonly clients?: readonly ClientMetadata[] | undefined;
  /** How often the stream of events says that it is open. Default 15,000. */
  readonly heartbeatMs?: number | undefined;
  /** Given each line of the audit log. Default: stderr. */
  readonly onAudit?: ((line: string) => void) | undefined;
}

export interface RunningPlatform {
  readonly issuer: string;
  /** From now on tokens for its endpoint name it, and only its user gets any. */
  addContainer(container: { id: string; userId: string; endpoint: string }): Promise<void>;
  /** Makes sure of a container of the user's that the platform runs. It sleeps until it is called. @returns its id */
  host(container: { userId: string; name: string }): Promise<string>;
  /**
   * New keys, published at once.
   * @param aheadMs when they begin to sign. Default: once all who cache the key set have seen it.
   */
  rotateKeys(aheadMs?: number): Promise<void>;
  /** Ends hosted containers too. Idempotent. */
  close(): Promise<void>;
}

/** Longer than verifiers keep a key set (the demo's containers: 10 minutes). */
const publishedAheadMs = 15 * 60_000;
const keyCheckMs = 60_000;
/** As the containers': the gateway's clients close their idle connections first. */
const keepAliveTimeout = 65_000;

/** Throws `connect_failed` when it cannot listen, `config_invalid` for a database of a later version. */
export async function startPlatform(options: PlatformOptions): Promise<RunningPlatform> {
  const { database, clients = [], heartbeatMs = 15_000 } = options;
  const { accessTokenSeconds = 300, certificateSeconds = 86_400 } = options;
  const audit = createAudit(options.onAudit ?? ((line) => void process.stderr.write(line)));
  const report = reportToStderr;

  await migrate(database);

  // The issuer has the port in it, and nobody can know a free one before it is taken.
  let serve: RequestListener = (_request, response) => void response.writeHead(503).end();
  const server = createServer({ keepAliveTimeout }, (request, response) => serve(request, response));
  await listen(server, options.port);
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'platform-')));
  const tokenMs = Math.max(idTokenSeconds, accessTokenSeconds) * 1_000;
  const ring = await openKeyRing(database, { tokenMs, aheadMs: publishedAheadMs });
  const { containerProgram: program, hostedIdleMs: idleMs = 15 * 60_000 } = options;
  const hosted = { program, folder, idleMs };
  const parts = await createParts({ issuer, database, ring, hosted, report });
  const { accounts, containers, hosting, inside } = parts;
  for (const user of options.users) await accounts.ensure(user);
  const serving = createServing(parts, {
    ...{ clients, accessTokenSeconds, certificateSeconds, heartbeatMs },
    ...{ audit, report },
  });
  serve = serving.listener;

  const renew = async () => {
    if (await ring.refresh()) serving.renew();
  };
  const checks = setInterval(() => void renew().catch(report), keyCheckMs).unref();
  let takeOver: NodeJS.Timeout | undefined;
  const close = async () => {
    clearInterval(checks);
    clearTimeout(takeOver);
    await closeServer(server);
    await hosting.close();
    inside.close();
    if (options.folder === undefined) await rm(folder, { recursive: true, force: true });
  };
  let closing: Promise<void> | undefined;

  return {
    issuer,
    async addContainer({ id, userId, endpoint }) {
      const terms = { auth_method: 'platform_token', public_key_fingerprint: null } as const;
      await containers.create(userId, { id, type: 'external', name: id, mcp_endpoint: endpoint, ...terms });
    },
    async host({ userId, name }) {
      const { rows } = await containers.list(userId);
      const known = rows.find((row) => row.type === 'hosted' && row.name === name);
      const row = known ?? (await containers.create(userId, { type: 'hosted', name }));
      if (typeof row === 'object') return row.id;
      throw new FairleadError('container_exists', 'The user has another container of this name.');
    },
    async rotateKeys(aheadMs = publishedAheadMs) {
      await ring.rotate(aheadMs);
      await renew();
      audit({ event: 'keys_rotated', outcome: 'ok' });
      takeOver = setTimeout(() => void renew().catch(report), aheadMs).unref();
    },
    close: () => (closing ??= close()),
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
