/** Core entry: builds the stops of the path and hands each the next. */
import { rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Container } from '../shared/container.ts';
import { FairleadError } from '../shared/errors.ts';
import { followAccount } from './core/account-containers.ts';
import { createContainerEnds } from './core/container-ends.ts';
import { openGround, type Ground } from './core/ground.ts';
import { createPolicies } from './core/policies.ts';
import { createSessions, type Sessions } from './core/sessions.ts';
import { openUpstream } from './core/upstream.ts';
import { createDefinitionMemory } from './containers/definition-memory.ts';
import { createProgramMemory } from './containers/program-memory.ts';
import type { Registry } from './containers/registry.ts';
import { ownerOfOpening } from './containers/opening.ts';
import { createControl, type Control } from './control/control.ts';
import { createObservatory } from './control/observatory.ts';
import type { CredentialOwner } from './credentials/broker.ts';
import type { Vault } from './credentials/vault.ts';
import { systemClock } from './runtime/clock.ts';
import { collectWhenQuiet } from './runtime/idle-memory.ts';
import { createInTurn } from './runtime/in-turn.ts';
import { causeName } from './runtime/logger.ts';
import { profilePaths } from './runtime/paths.ts';
import { version } from './runtime/version.ts';
import { createLoopback } from './session/loopback.ts';
import { createWakeGates } from './session/wake-gate.ts';
import { serveEndpoint } from './socket/endpoint-channel.ts';
import { listenAsCore } from './socket/listen.ts';
import { createOpenConnections, type OpenConnections } from './socket/open-connections.ts';
import { prepareProfile } from './socket/profile.ts';
import { wakeWatchOf } from './platform/wake-watch.ts';
import { createNetwork } from './upstream/network/network.ts';

/** A core that somebody's program started ends by itself when nobody has used it for this long. */
const idleMs = 30 * 60_000;

const programFolder = dirname(fileURLToPath(import.meta.url));

async function runCore(env: NodeJS.ProcessEnv, foreground: boolean): Promise<number> {
  process.umask(0o077);
  const paths = profilePaths(env);
  prepareProfile(paths);
  const { logs, audit, end, ...ground } = openGround(env, paths);
  const { logger, scope } = ground;
  const upstream = openUpstream(ground, audit);
  const { vault, registry, broker, pool, account, client, live, reconnect, way } = upstream;
  const startedAt = systemClock.now();
  const used = collectWhenQuiet();
  const definitions = createDefinitionMemory(paths.tools);
  const programs = createProgramMemory(paths.programs);
  const policies = createPolicies({ registry, memory: definitions, programs, audit, clock: systemClock });
  const observatory = createObservatory({
    definitions,
    consents: policies,
    core: { pid: process.pid, version, startedAt, vault: vault.kind, home: paths.home },
    registry,
    broker,
    account,
    live,
    signIns: upstream.signIns,
    clock: systemClock,
    audit: (line) => {
      used();
      audit.append(line);
    },
  });
  const gateOf = createWakeGates((container) => wakeWatchOf(container, { live, client }));
  const sessions = createSessions({ logger, registry, broker, pool, gateOf, policies, observatory });
  const ends = createContainerEnds({ sessions, pool });
  scope.defer(followAccount({ live, registry, broker, logger, ends }));
  let stop: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });

  /** As it is configured by now. Throws container_unknown where it was removed since it was looked up. */
  const ownerOf = ({ name }: Container): CredentialOwner => ({
    container: registry.named(name),
    configured: true,
  });
  const control = createControl({
    ...{ version, home: paths.home, backups: paths.backups, programFolder },
    registry,
    inTurn: createInTurn(),
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
    newerVersion: async (container) => pool.get(ownerOf(container)).newerVersion(),
    pins: pool,
    ...ends,
    reconnect,
    interrupt: (error) => sessions.interrupt(error),
    ...{ definitions, programs },
    consents: policies,
    network: createNetwork(way, (container) => broker.certificate({ container, configured: true })),
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
  audit.append({ kind: 'core', change: 'started', pid: process.pid, version });
  if (foreground) greet(vault.kind);

  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop());
  // Secrets in memory end with the core, so it may not end by itself then.
  if (!foreground && vault.kind === 'keychain') connections.onIdle(idleMs, () => stop());
  await stopped;
  logger.info('core.stopping', { pid: process.pid });
  await end();
  return 0;
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
