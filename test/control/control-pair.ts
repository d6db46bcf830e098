/** A core's control API and a client of it, over a real socket, with containers that answer as the test says. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { createPolicies } from '../../electron/core/policies.ts';
import { createDefinitionMemory } from '../../electron/containers/definition-memory.ts';
import { createProgramMemory } from '../../electron/containers/program-memory.ts';
import { createRegistry } from '../../electron/containers/registry.ts';
import { createAuditLog, type AuditLog } from '../../electron/control/audit-log.ts';
import { createControlClient, type ControlClient } from '../../electron/control/client.ts';
import { createControl } from '../../electron/control/control.ts';
import type { ControlDeps } from '../../electron/control/deps.ts';
import { createLogStore, type LogStore } from '../../electron/control/log-store.ts';
import { createObservatory } from '../../electron/control/observatory.ts';
import { createBroker } from '../../electron/credentials/create-broker.ts';
import type { Vault } from '../../electron/credentials/vault.ts';
import { createMemoryVault } from '../../electron/credentials/memory-vault.ts';
import { createAccount } from '../../electron/platform/account.ts';
import { createPlatformClient } from '../../electron/platform/client.ts';
import { createPlatformHomes } from '../../electron/platform/homes.ts';
import { createLiveContainers } from '../../electron/platform/live-containers.ts';
import { createRowCache } from '../../electron/platform/row-cache.ts';
import { systemClock } from '../../electron/runtime/clock.ts';
import { createInTurn } from '../../electron/runtime/in-turn.ts';
import { createLogger } from '../../electron/runtime/logger.ts';
import { profilePaths } from '../../electron/runtime/paths.ts';
import { createConnection } from '../../electron/socket/connection.ts';
import { createNetwork } from '../../electron/upstream/network/network.ts';
import type { Container } from '../../shared/container.ts';
import { offline } from '../support/offline-sign-in.ts';
import { scriptedContainer } from './scripted-container.ts';

export interface ControlPair {
  readonly client: ControlClient;
  /** The client's end, for what a client of ours would not send. */
  readonly socket: Socket;
  readonly deps: ControlDeps;
  readonly logs: LogStore;
  readonly audit: AuditLog;
  /** What was ended, in order: containers, and `core`. */
  readonly ended: string[];
}

/** @param vault where the broker keeps secrets */
export async function openControlPair(
  more: Partial<ControlDeps> = {},
  vault: Vault = createMemoryVault(),
): Promise<ControlPair> {
  const folder = mkdtempSync(join(tmpdir(), 'control-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const paths = profilePaths({ FAIRLEAD_HOME: join(folder, 'home') });
  mkdirSync(paths.home, { mode: 0o700 });
  const logs = createLogStore(paths.log);
  const audit = createAuditLog({ path: paths.audit });
  const broker = more.broker ?? createBroker({ vault, oauth: offline });
  const registry = createRegistry({ paths });
  const ended: string[] = [];
  const client = createPlatformClient({ send: () => Promise.reject(new Error('No network.')) });
  const live = createLiveContainers({
    broker,
    client,
    cache: createRowCache(paths.platform),
    clock: systemClock,
    logger: createLogger({ level: 'error', now: () => 0, write: () => undefined }),
  });
  onTestFinished(() => live.close());
  const account = createAccount({
    broker,
    client,
    homes: createPlatformHomes({ kept: registry, env: {} }),
    clock: systemClock,
  });
  const definitions = createDefinitionMemory(paths.tools);
  const programs = createProgramMemory(paths.programs);
  const consents = createPolicies({ registry, memory: definitions, programs, audit, clock: systemClock });
  const deps: ControlDeps = {
    version: '1.2.3',
    home: paths.home,
    backups: paths.backups,
    programFolder: '/opt/fairlead/dist',
    registry,
    inTurn: createInTurn(),
    broker,
    account,
    client,
    live,
    vault,
    probe: () => Promise.resolve({ outcome: 'mcp', elapsedMs: 1, summary: 'An MCP server.' }),
    newerVersion: () => Promise.resolve(undefined),
    stranger: () => ({
      send: () => Promise.reject(new Error('No network.')),
      close: () => Promise.resolve(),
    }),
    openLoopback: () => scriptedContainer(),
    pins: {
      stoppedBy: () => undefined,
      keyOf: () => Promise.reject(new Error('No network.')),
    },
    renew: () => Promise.resolve(),
    definitions,
    programs,
    consents,
    reconnect() {
      ended.push('connections');
      return Promise.resolve();
    },
    interrupt: ({ code }) => void ended.push(code),
    retire({ name }: Container) {
      ended.push(name);
      return Promise.resolve();
    },
    network: createNetwork({}, () => undefined),
    observatory: createObservatory({
      definitions,
      consents,
      core: { pid: process.pid, version: '1.2.3', startedAt: 1, vault: 'memory', home: paths.home },
      registry,
      broker,
      account,
      live,
      signIns: () => 0,
      clock: systemClock,
      audit: (line) => audit.append(line),
    }),
    logs,
    audit,
    stop: () => void ended.push('core'),
    ...more,
  };
  const logger = createLogger({ level: 'debug', now: Date.now, write: (record) => logs.write(record) });
  const control = createControl({ ...deps, logger });

  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    control.accept(createConnection(socket, Buffer.alloc(0)));
  });
  server.listen(join(folder, 'control.sock'));
  await once(server, 'listening');
  const socket = connect(join(folder, 'control.sock'));
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  onTestFinished(async () => {
    socket.destroy();
    server.close();
    await Promise.all([logs.flush(), audit.flush()]);
  });
  return {
    client: createControlClient(createConnection(socket, Buffer.alloc(0))),
    socket,
    deps,
    logs,
    audit,
    ended,
  };
}
