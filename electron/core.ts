/** Core entry: builds the stops of the path and hands each the next. */
import { rmSync, writeFileSync } from 'node:fs';
import { containerName, type Container } from '../shared/container.ts';
import { FairleadError } from '../shared/errors.ts';
import { followAccount } from './core/account-containers.ts';
import { createContainerEnds } from './core/container-ends.ts';
import { openGround, type Ground } from './core/ground.ts';
import { createRegistry, type Registry } from './containers/registry.ts';
import { ownerOfOpening } from './containers/opening.ts';
import { createControl, type Control } from './control/control.ts';
import { createObservatory, type SessionWatch } from './control/observatory.ts';
import type { Broker, CredentialOwner } from './credentials/broker.ts';
import { createBroker } from './credentials/create-broker.ts';
import { createDiscovery } from './credentials/discovery/create-discovery.ts';
import { createGuardedFetches } from './credentials/discovery/guarded-fetches.ts';
import { openVault } from './credentials/open-vault.ts';
import type { Vault } from './credentials/vault.ts';
import { systemClock } from './runtime/clock.ts';
import { collectWhenQuiet } from './runtime/idle-memory.ts';
import { causeName, type Logger } from './runtime/logger.ts';
import { profilePaths } from './runtime/paths.ts';
import { version } from './runtime/version.ts';
import { createLoopback } from './session/loopback.ts';
import type { ClientChannel } from './session/client-channel.ts';
import { createAnswerMemory } from './session/known-answers.ts';
import { coverSignIn } from './session/sign-in-cover.ts';
import { createOpenSessions, type OpenSessions } from './session/open-sessions.ts';
import type { Session } from './session/session.ts';
import { coverWake } from './session/wake-cover.ts';
import { createWakeGates, type WakeGate } from './session/wake-gate.ts';
import { serveEndpoint } from './socket/endpoint-channel.ts';
import { listenAsCore } from './socket/listen.ts';
import { createOpenConnections, type OpenConnections } from './socket/open-connections.ts';
import { prepareProfile } from './socket/profile.ts';
import { createAccount } from './platform/account.ts';
import { createPlatformClient } from './platform/client.ts';
import { createPlatformHomes } from './platform/homes.ts';
import { createLiveContainers } from './platform/live-containers.ts';
import { createRowCache } from './platform/row-cache.ts';
import { wakeWatchOf } from './platform/wake-watch.ts';
import type { Upstream } from './upstream/conversation.ts';
import { createGuardedClient } from './upstream/network/guarded-client.ts';
import { createHttpClient } from './upstream/network/http-client.ts';
import { createNetwork } from './upstream/network/network.ts';
import { createUpstreamPool, type UpstreamPool } from './upstream/upstream-pool.ts';

/** A core that somebody's program started ends by itself when nobody has used it for this long. */
const idleMs = 30 * 60_000;

async function runCore(env: NodeJS.ProcessEnv, foreground: boolean): Promise<number> {
  process.umask(0o077);
  const paths = profilePaths(env);
  prepareProfile(paths);
  const { logs, audit, ...ground } = openGround(env, paths);
  const { logger, scope } = ground;
  const { vault, registry, broker, pool, account, client, live } = openUpstream(ground);
  const startedAt = systemClock.now();
  const used = collectWhenQuiet();
  const observatory = createObservatory({
    core: { pid: process.pid, version, startedAt, vault: vault.kind, home: paths.home },
    registry,
    broker,
    account,
    live,
    clock: systemClock,
    audit: (line) => {
      used();
      audit.append(line);
    },
  });
  const gateOf = createWakeGates((container) => wakeWatchOf(container, { live, client }));
  const sessions = createSessions({ logger, broker, pool, gateOf, observatory });
  const ends = createContainerEnds({ sessions, pool });
  scope.defer(followAccount({ live, registry, broker, logger, ends }));
  let stop: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });

  const ownerOf = (container: Container): CredentialOwner => ({
    container,
    configured: registry.get(container.name) !== undefined,
  });
  const control = createControl({
    version,
    registry,
    broker,
    account,
    client,
    live,
    vault,
    probe: (container, { secret, passphrase } = {}) =>
      pool.probe({
        container,
        configured: false,
        ...(secret !== undefined && { handedIn: secret }),
        ...(passphrase !== undefined && { passphrase }),
      }),
    stranger: (container) => pool.stranger(container),
    openLoopback: (container) => createLoopback((channel) => sessions.begin(ownerOf(container), channel)),
    newerVersion: (container) => pool.get(ownerOf(container)).newerVersion(),
    pins: pool,
    ...ends,
    network: createNetwork(env, (container) => broker.certificate(ownerOf(container))),
    observatory,
    logs,
    audit,
    stop: () => stop(),
    logger,
  });

  const connections = await listen(ground, { control, sessions, registry, startedAt });
  if (connections === undefined) {
    if (foreground) process.stderr.write('fairlead: a core of this profile is running already.\n');
    return 0;
  }
  logger.info('core.started', { pid: process.pid, version, vault: vault.kind });
  if (foreground) greet(vault.kind);

  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop());
  // Secrets in memory end with the core, so it may not end by itself then.
  if (!foreground && vault.kind === 'keychain') connections.onIdle(idleMs, () => stop());
  await stopped;
  logger.info('core.stopping', { pid: process.pid });
  await scope.close();
  return 0;
}

/** Stops 5 and 4: what is configured, the credentials for it, and the way there. */
function openUpstream({ env, paths, logger, scope }: Ground) {
  const vault = openVault({ env, home: paths.home });
  const guarded = createGuardedFetches((container, admit) =>
    createGuardedClient({
      container,
      // One that is used by URL is named by that.
      certificate: broker.certificate({
        container,
        configured: containerName.safeParse(container.name).success,
      }),
      ...{ env, admit, log: logger.with({ container: container.name }) },
    }),
  );
  scope.defer(() => guarded.close());
  const { fetch } = guarded;
  const registry = createRegistry({ paths });
  const homes = createPlatformHomes({ kept: registry, env });
  const broker = createBroker({
    vault,
    oauth: {
      discovery: createDiscovery({ fetch, clock: systemClock }),
      fetch,
      metadataDocument: undefined,
      clock: systemClock,
      logger,
      env,
      print: (line) => void process.stderr.write(`fairlead: ${line}\n`),
      platform: homes,
    },
    issue: ({ issuer, containerId, csr }) => client.certificate(issuer, containerId, csr),
  });
  scope.defer(() => broker.close());
  const pool = createUpstreamPool({ env, broker, logger });
  scope.defer(() => pool.close());
  const web = createHttpClient({ tls: {}, env, log: logger });
  scope.defer(() => web.close());
  const client = createPlatformClient({ send: broker.platform.authenticated(web.send) });
  const account = createAccount({ broker, client, homes, clock: systemClock });
  const cache = createRowCache(paths.platform);
  const live = createLiveContainers({ broker, client, cache, clock: systemClock, logger });
  scope.defer(() => live.close());
  return { vault, registry, broker, pool, account, client, live };
}

interface Sessions extends Pick<OpenSessions, 'close'> {
  /** @param pid of the program that joined; undefined: the core itself asks */
  begin(owner: CredentialOwner, channel: ClientChannel, pid?: number): Session;
  /** What the container answered is of no use any more. */
  forget(container: string): void;
}

/** Stop 3. */
function createSessions(deps: {
  logger: Logger;
  broker: Broker;
  pool: UpstreamPool;
  gateOf: (container: Container) => WakeGate | undefined;
  observatory: SessionWatch;
}): Sessions {
  const { logger, broker, pool, gateOf, observatory } = deps;
  const sessions = createOpenSessions();
  const known = createAnswerMemory();
  /** That sleeping containers are started for. */
  const wakingUpstream = (owner: CredentialOwner): Upstream => {
    const upstream = pool.get(owner);
    const gate = gateOf(owner.container);
    return gate === undefined ? upstream : coverWake({ upstream, gate, name: owner.container.name });
  };
  /** For people's clients. The core's own questions want to hear that nobody is signed in. */
  const coveredUpstream = (owner: CredentialOwner): Upstream => {
    const { container } = owner;
    const upstream = wakingUpstream(owner);
    const signIn = broker.watch(owner);
    return signIn === undefined
      ? upstream
      : coverSignIn({ upstream, signIn, known: known.of(container), name: container.name });
  };
  return {
    begin: (owner, channel, pid) =>
      sessions.open(owner.container, {
        channel,
        observer: observatory.watch(owner, pid),
        upstream: pid === undefined ? wakingUpstream(owner) : coveredUpstream(owner),
        clock: systemClock,
        logger,
      }),
    close: (which, reason) => sessions.close(which, reason),
    forget: (container) => known.forget(container),
  };
}

/**
 * Stops 2 and 1: lets programs in from now on, until the scope closes.
 * @returns undefined when another core of this profile is running
 */
async function listen(
  { paths, logger, scope }: Ground,
  core: { control: Control; sessions: Sessions; registry: Registry; startedAt: number },
): Promise<OpenConnections | undefined> {
  const { control, sessions, registry, startedAt } = core;
  const { pid } = process;
  const connections = createOpenConnections();
  const socket = await listenAsCore(paths, logger, (connection, role) => {
    const watched = connections.add(connection);
    if (role === 'control') control.accept(watched);
    else {
      serveEndpoint(watched, { version, pid }, (opening, channel) =>
        sessions.begin(ownerOfOpening(opening, registry), channel, opening.pid),
      );
    }
  });
  if (socket === undefined) return undefined;
  scope.defer(() => connections.close());
  scope.defer(() =>
    sessions.close(() => true, new FairleadError('core_stopping', "Fairlead's core is being stopped.")),
  );
  scope.defer(() => {
    rmSync(paths.coreRecord, { force: true });
    socket.close();
    connections.sayGoodbye();
  });
  writeFileSync(paths.coreRecord, `${JSON.stringify({ pid, version, startedAt })}\n`, { mode: 0o600 });
  return connections;
}

function greet(vault: Vault['kind']): void {
  process.stderr.write(`fairlead: core ${version} is running (pid ${process.pid}, vault: ${vault}).\n`);
  if (vault === 'memory')
    process.stderr.write('fairlead: secrets are kept in memory and end with this core.\n');
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
