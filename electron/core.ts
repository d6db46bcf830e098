/** Core entry: builds the stops of the path and hands each the next. */
import { rmSync, writeFileSync } from 'node:fs';
import type { Container } from '../shared/container.ts';
import { FairleadError } from '../shared/errors.ts';
import { createRegistry } from './containers/registry.ts';
import { ownerOfOpening } from './containers/opening.ts';
import { createAuditLog } from './control/audit-log.ts';
import { createControl } from './control/control.ts';
import { createLogStore } from './control/log-store.ts';
import { createObservatory } from './control/observatory.ts';
import type { CredentialOwner } from './credentials/broker.ts';
import { createBroker } from './credentials/create-broker.ts';
import { createDiscovery } from './credentials/discovery/create-discovery.ts';
import { createGuardedFetches } from './credentials/discovery/guarded-fetches.ts';
import { openVault } from './credentials/open-vault.ts';
import { systemClock } from './runtime/clock.ts';
import { collectWhenQuiet } from './runtime/idle-memory.ts';
import { causeName, createLogger, logLevelOf } from './runtime/logger.ts';
import { profilePaths } from './runtime/paths.ts';
import { createScope } from './runtime/scope.ts';
import { version } from './runtime/version.ts';
import { createLoopback } from './session/loopback.ts';
import type { ClientChannel } from './session/client-channel.ts';
import { createAnswerMemory } from './session/known-answers.ts';
import { coverSignIn } from './session/sign-in-cover.ts';
import { openSession, type Session } from './session/session.ts';
import type { Connection } from './socket/connection.ts';
import { serveEndpoint } from './socket/endpoint-channel.ts';
import { frameTypes } from './socket/frames.ts';
import { listenAsCore } from './socket/listen.ts';
import { prepareProfile } from './socket/profile.ts';
import { createAccount } from './platform/account.ts';
import { createPlatformClient } from './platform/client.ts';
import { createPlatformHomes } from './platform/homes.ts';
import type { Upstream } from './upstream/conversation.ts';
import { createGuardedClient } from './upstream/guarded-client.ts';
import { createHttpClient } from './upstream/http-client.ts';
import { createNetwork } from './upstream/network.ts';
import { createUpstreamPool } from './upstream/upstream-pool.ts';

/** A core that somebody's program started ends by itself when nobody has used it for this long. */
const idleMs = 30 * 60_000;
const closeMs = 3_000;

async function runCore(env: NodeJS.ProcessEnv, foreground: boolean): Promise<number> {
  process.umask(0o077);
  const paths = profilePaths(env);
  prepareProfile(paths);
  const clock = systemClock;
  const logs = createLogStore(paths.log);
  const audit = createAuditLog({ path: paths.audit });
  const logger = createLogger({
    level: logLevelOf(env['FAIRLEAD_LOG']),
    now: () => clock.now(),
    write: (record) => logs.write(record),
  });
  const scope = createScope({
    deadlineMs: closeMs,
    onError: (thrown) => logger.error('core.cleanup_failed', { cause: causeName(thrown) }),
  });
  scope.defer(() => Promise.all([logs.flush(), audit.flush()]).then(() => undefined));
  process.once('uncaughtException', (thrown) => {
    logger.error('core.crashed', { cause: causeName(thrown) });
    // What is lost with this core its endpoints answer, and start the next one.
    void logs.flush().finally(() => process.exit(1));
  });

  const vault = openVault({ env, home: paths.home });
  const guarded = createGuardedFetches((container, admit) =>
    createGuardedClient({ container, env, admit, log: logger.with({ container: container.name }) }),
  );
  scope.defer(() => guarded.close());
  const { fetch } = guarded;
  const registry = createRegistry({ paths });
  const homes = createPlatformHomes({ kept: registry, env });
  const broker = createBroker({
    vault,
    oauth: {
      discovery: createDiscovery({ fetch, clock }),
      fetch,
      metadataDocument: undefined,
      clock,
      logger,
      env,
      print: (line) => void process.stderr.write(`fairlead: ${line}\n`),
      platform: homes,
    },
  });
  scope.defer(() => broker.close());
  const pool = createUpstreamPool({ env, broker, logger });
  scope.defer(() => pool.close());
  const web = createHttpClient({ tls: {}, env, log: logger });
  scope.defer(() => web.close());
  const client = createPlatformClient({ send: broker.platform.authenticated(web.send) });
  const account = createAccount({ broker, client, homes, clock });
  const core = { pid: process.pid, version, startedAt: clock.now(), vault: vault.kind, home: paths.home };
  const used = collectWhenQuiet();
  const observatory = createObservatory({
    core,
    registry,
    broker,
    account,
    clock,
    audit: (line) => {
      used();
      audit.append(line);
    },
  });

  const sessions = new Map<Session, string>();
  const known = createAnswerMemory();
  /** For people's clients. The core's own questions want to hear that nobody is signed in. */
  const coveredUpstream = (owner: CredentialOwner): Upstream => {
    const { container } = owner;
    const upstream = pool.get(owner);
    const signIn = broker.watch(owner);
    return signIn === undefined
      ? upstream
      : coverSignIn({ upstream, signIn, known: known.of(container), name: container.name });
  };
  /** @param pid of the program that joined; undefined: the core itself asks */
  const begin = (owner: CredentialOwner, channel: ClientChannel, pid?: number): Session => {
    const { container } = owner;
    const observer = observatory.watch(owner, pid);
    const session = openSession({
      channel,
      clock,
      upstream: pid === undefined ? pool.get(owner) : coveredUpstream(owner),
      timeoutMs: container.timeoutSeconds * 1000,
      logger: logger.with({ container: container.name }),
      observer: {
        ...observer,
        closed() {
          sessions.delete(session);
          observer.closed();
        },
      },
    });
    sessions.set(session, container.name);
    return session;
  };
  const closeSessions = async (which: (container: string) => boolean, reason: FairleadError) => {
    await Promise.all(
      [...sessions].filter(([, name]) => which(name)).map(([session]) => session.close(reason)),
    );
  };
  const ownerOf = (container: Container): CredentialOwner => ({
    container,
    configured: registry.get(container.name) !== undefined,
  });

  const connections = new Set<Connection>();
  let stop: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  const control = createControl({
    version,
    registry,
    broker,
    account,
    vault,
    probe: (container, secret) =>
      pool.probe(
        secret === undefined ? ownerOf(container) : { container, configured: false, handedIn: secret },
      ),
    stranger: (container) => pool.stranger(container),
    openLoopback: (container) => createLoopback((channel) => begin(ownerOf(container), channel)),
    newerVersion: (container) => pool.get(ownerOf(container)).newerVersion(),
    async retire({ name }) {
      await closeSessions(
        (container) => container === name,
        new FairleadError('container_unknown', `The container "${name}" was removed from Fairlead.`),
      );
      await pool.retire(name);
      known.forget(name);
    },
    network: createNetwork(env),
    observatory,
    logs,
    audit,
    stop: () => stop(),
    logger,
  });

  const socket = await listenAsCore(paths, logger, (connection, role) => {
    const watched = watchConnection(connection, connections);
    if (role === 'control') control.accept(watched);
    else {
      serveEndpoint(watched, { version, pid: process.pid }, (opening, channel) =>
        begin(ownerOfOpening(opening, registry), channel, opening.pid),
      );
    }
  });
  if (socket === undefined) {
    if (foreground) process.stderr.write('fairlead: a core of this profile is running already.\n');
    return 0;
  }
  scope.defer(() => {
    for (const connection of connections) connection.close();
  });
  scope.defer(() =>
    closeSessions(() => true, new FairleadError('core_stopping', "Fairlead's core is being stopped.")),
  );
  scope.defer(() => {
    rmSync(paths.coreRecord, { force: true });
    socket.close();
    for (const connection of connections) connection.send(frameTypes.goodbye, 0);
  });
  writeFileSync(
    paths.coreRecord,
    `${JSON.stringify({ pid: process.pid, version, startedAt: core.startedAt })}\n`,
    { mode: 0o600 },
  );
  logger.info('core.started', { pid: process.pid, version, vault: vault.kind });
  if (foreground) {
    process.stderr.write(
      `fairlead: core ${version} is running (pid ${process.pid}, vault: ${vault.kind}).\n`,
    );
    if (vault.kind === 'memory')
      process.stderr.write('fairlead: secrets are kept in memory and end with this core.\n');
  }

  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop());
  // Secrets in memory end with the core, so it may not end by itself then.
  if (!foreground && vault.kind === 'keychain') whenIdle(connections, () => stop());
  await stopped;
  logger.info('core.stopping', { pid: process.pid });
  await scope.close();
  return 0;
}

function watchConnection(connection: Connection, connections: Set<Connection>): Connection {
  connections.add(connection);
  return {
    ...connection,
    listen(events) {
      connection.listen({
        ...events,
        closed() {
          connections.delete(connection);
          events.closed();
        },
      });
    },
  };
}

function whenIdle(connections: ReadonlySet<Connection>, then: () => void): void {
  let idleSince = Date.now();
  setInterval(() => {
    if (connections.size > 0) idleSince = Date.now();
    else if (Date.now() - idleSince > idleMs) then();
  }, 60_000).unref();
}

runCore(process.env, process.argv.includes('--foreground')).then(
  (status) => process.exit(status),
  (thrown: unknown) => {
    const reason =
      thrown instanceof FairleadError ? `${thrown.message} ${thrown.help ?? ''}` : String(causeName(thrown));
    process.stderr.write(`fairlead: the core could not start. ${reason}\n`);
    process.exit(5);
  },
);
