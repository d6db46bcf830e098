/** The core's state and what just happened in it, gathered from its sessions for everybody who watches. */
import type { AuditEvent } from '../../shared/audit.ts';
import type { Container } from '../../shared/container.ts';
import type { ContainerStatus, CoreStatus, SessionStatus, Snapshot } from '../../shared/status.ts';
import type { DefinitionMemory } from '../containers/definition-memory.ts';
import { policyKey, type Registry } from '../containers/registry.ts';
import type { Broker, CredentialOwner } from '../credentials/broker.ts';
import type { Account } from '../platform/account.ts';
import { isPausedAt, levelOf, type Pause, type PendingConsent } from '../../shared/policy.ts';
import { statusOf, type LiveContainers } from '../platform/live-containers.ts';
import type { Clock } from '../runtime/clock.ts';
import { createListeners } from '../runtime/listeners.ts';
import type { FinishedRequest, SessionObserver, StartedRequest } from '../session/observer.ts';
import type { Peer } from '../socket/peer-program.ts';
import { createActivityRing, hundredths, type ActivityRow, type Asked } from './activity-ring.ts';
import type { Observatory } from './deps.ts';

/** Enough for a sparkline. */
const maxLatencies = 60;
const maxNameLength = 200;

export interface ObservatoryDeps {
  readonly core: CoreStatus;
  readonly registry: Pick<Registry, 'list' | 'onChange' | 'paused' | 'policyOf'>;
  readonly broker: Pick<Broker, 'onChange' | 'pending' | 'presence'>;
  readonly account: Pick<Account, 'status'>;
  readonly live: Pick<LiveContainers, 'row' | 'currency' | 'onChange'>;
  readonly definitions: Pick<DefinitionMemory, 'of' | 'onChange'>;
  readonly consents: { pending(): readonly PendingConsent[]; onChange(listener: () => void): () => void };
  /** How many have succeeded so far. */
  readonly signIns: () => number;
  readonly clock: Clock;
  /** Told of each finished request. */
  readonly audit: (event: AuditEvent) => void;
}

export interface SessionWatch {
  /** @param peer the program that joined, where there is one */
  watch(owner: CredentialOwner, peer: Peer | undefined): SessionObserver;
}

interface Watched {
  readonly owner: CredentialOwner;
  status: SessionStatus;
}

interface Tally {
  readonly owner: CredentialOwner;
  calls: number;
  problem: ContainerStatus['problem'];
  readonly latenciesMs: number[];
}

export function createObservatory(deps: ObservatoryDeps): Observatory & SessionWatch {
  const { core, registry, broker, live, clock } = deps;
  const sessions = new Map<string, Watched>();
  const tallies = new Map<string, Tally>();
  const listeners = createListeners();
  const ring = createActivityRing(clock);
  let revision = 0;
  let lastSession = 0;

  const changed = () => {
    revision += 1;
    listeners.tell();
  };
  registry.onChange(() => {
    forgetRemoved();
    changed();
  });
  broker.onChange(changed);
  live.onChange(changed);
  deps.definitions.onChange(changed);
  deps.consents.onChange(changed);

  /** Another container may get the name of one that was removed. */
  const forgetRemoved = () => {
    const known = configuredOwners(registry);
    if (known === undefined) return;
    const names = new Set(known.map(({ container }) => container.name));
    for (const [name, { owner }] of tallies) if (owner.configured && !names.has(name)) tallies.delete(name);
  };

  const tallyOf = (owner: CredentialOwner): Tally => {
    const { name } = owner.container;
    const known = tallies.get(name);
    if (known !== undefined) return known;
    const tally: Tally = { owner, calls: 0, problem: undefined, latenciesMs: [] };
    tallies.set(name, tally);
    return tally;
  };

  const containerStatus = async (owner: CredentialOwner): Promise<ContainerStatus> => {
    const { container, configured } = owner;
    const tally = tallies.get(container.name);
    const platform = container.platform && statusOf(live, container.platform.id);
    const own = [...sessions.values()].filter((each) => each.owner.container.name === container.name);
    return {
      container,
      configured,
      state: stateOf(own, tally?.problem),
      ...(tally?.problem !== undefined && { problem: tally.problem }),
      ...(platform !== undefined && { platform }),
      credential: await broker.presence(owner).catch(() => 'unknown' as const),
      sessions: own.length,
      calls: tally?.calls ?? 0,
      latenciesMs: [...(tally?.latenciesMs ?? [])],
    };
  };

  return {
    async snapshot() {
      const at = revision;
      const known = configuredOwners(registry);
      const owners = known ?? [];
      const names = new Set(owners.map(({ container }) => container.name));
      const byUrl = [...tallies.values()]
        .map(({ owner }) => owner)
        // A configured one that is not configured any more was removed.
        .filter(
          ({ container, configured }) => (known === undefined || !configured) && !names.has(container.name),
        );
      const account = await deps.account.status();
      const containers = live.currency;
      const paused = pausedBy(registry);
      return {
        revision: at,
        core,
        containers: await Promise.all([...owners, ...byUrl].map(containerStatus)),
        sessions: [...sessions.values()].map(({ status }) => status),
        pendingSignIns: broker.pending().map(({ container, url, userCode }) => ({
          container: container.name,
          url,
          ...(userCode !== undefined && { userCode }),
        })),
        signIns: deps.signIns(),
        changedTools: owners.flatMap(({ container }) => changesOf(container, deps)),
        pendingConsents: [...deps.consents.pending()],
        ...(isPausedAt(clock.now(), paused) && { paused }),
        ...(account !== undefined && {
          account: { ...account, ...(containers !== undefined && { containers }) },
        }),
      };
    },
    onChange: listeners.add,
    activity: (count) => ring.last(count),
    onActivity: (listener) => ring.onChange(listener),
    watch(owner, peer) {
      lastSession += 1;
      const id = `s${lastSession}`;
      const container = owner.container.name;
      const tally = tallyOf(owner);
      const watched: Watched = {
        owner,
        status: {
          id,
          container,
          since: clock.now(),
          state: 'waiting',
          calls: 0,
          inFlight: 0,
          ...(peer !== undefined && { pid: peer.pid }),
        },
      };
      const update = (part: Partial<SessionStatus>) => {
        watched.status = { ...watched.status, ...part };
        changed();
      };
      sessions.set(id, watched);
      changed();
      void peer?.program.then((program) => {
        if (program !== undefined && sessions.has(id)) update({ program });
      });
      const finish = (asked: Asked, row: ActivityRow, request: FinishedRequest) => {
        const { calls, inFlight, state } = watched.status;
        const { outcome, error, problem, bytesIn } = request;
        const durationMs = hundredths(request.durationMs);
        tally.calls += 1;
        if (outcome === 'ok' || outcome === 'tool_error') {
          tally.latenciesMs.push(durationMs);
          if (tally.latenciesMs.length > maxLatencies) tally.latenciesMs.shift();
          tally.problem = undefined;
        } else if (problem !== undefined) {
          tally.problem = problem;
        }
        const failed = problem !== undefined && state !== 'connected';
        update({ calls: calls + 1, inFlight: inFlight - 1, ...(failed && { state: 'failed' }) });
        const end = { outcome, ...(error !== undefined && { error }), durationMs, bytesIn };
        row.done(end);
        deps.audit({ kind: 'call', ...asked, ...end });
      };
      return {
        introduced: (client) => update({ client: client.slice(0, 100) }),
        started(request) {
          const { state, inFlight } = watched.status;
          update({ inFlight: inFlight + 1, ...(state === 'waiting' && { state: 'connecting' }) });
          const asked = askedBy(watched, request);
          const row = ring.begin(asked);
          return { reached: (stage) => row.reached(stage), finished: (end) => finish(asked, row, end) };
        },
        connected(protocolVersion) {
          tally.problem = undefined;
          update({ state: 'connected', ...(protocolVersion !== undefined && { protocolVersion }) });
        },
        closed() {
          sessions.delete(id);
          changed();
        },
      };
    },
  };
}

/** A container as its sessions and its last problem show it. */
function stateOf(own: readonly Watched[], problem: Tally['problem']): ContainerStatus['state'] {
  if (own.some(({ status }) => status.state === 'connected')) return 'connected';
  if (problem !== undefined) return 'failed';
  return own.length > 0 ? 'connecting' : 'idle';
}

/** Names are a client's own words, of any length. */
function askedBy(
  { owner, status: { id, container, client, pid, program } }: Watched,
  { method, tool, bytesOut }: StartedRequest,
): Asked {
  const { account } = owner.container;
  return {
    session: id,
    container,
    ...(account !== undefined && { account }),
    ...(client !== undefined && { client }),
    ...(pid !== undefined && { pid }),
    ...(program !== undefined && { program: program.path ?? program.name }),
    method: method.slice(0, maxNameLength),
    ...(tool !== undefined && { tool: tool.slice(0, maxNameLength) }),
    bytesOut,
  };
}

/** What differs from what its clients first got, unless nobody minds. */
function changesOf(
  container: Container,
  { registry, definitions }: Pick<ObservatoryDeps, 'registry' | 'definitions'>,
): Snapshot['changedTools'] {
  const level = levelOf(registry.policyOf(container), container);
  if (level === 'off') return [];
  const known = definitions.of(policyKey(container));
  const common = { container: container.name, held: level === 'hold' };
  return [
    ...[...known.changes.keys()].map((tool) => ({ ...common, tool })),
    ...(known.instructions === undefined ? [] : [common]),
  ];
}

function pausedBy(registry: ObservatoryDeps['registry']): Pause | undefined {
  try {
    return registry.paused();
  } catch {
    return undefined;
  }
}

/** Undefined while `config.json` cannot be read: what runs is shown all the same. */
function configuredOwners(registry: ObservatoryDeps['registry']): CredentialOwner[] | undefined {
  try {
    return registry.list().map((container) => ({ container, configured: true }));
  } catch {
    return undefined;
  }
}
