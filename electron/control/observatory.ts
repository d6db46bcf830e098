/** The core's state and what just happened in it, gathered from its sessions for everybody who watches. */
import type { Activity, ContainerStatus, CoreStatus, SessionStatus } from '../../shared/status.ts';
import type { Registry } from '../containers/registry.ts';
import type { Broker, CredentialOwner } from '../credentials/broker.ts';
import type { Account } from '../platform/account.ts';
import { statusOf, type LiveContainers } from '../platform/live-containers.ts';
import type { Clock } from '../runtime/clock.ts';
import type { FinishedRequest, SessionObserver } from '../session/observer.ts';
import type { AuditLine } from '../../shared/control.ts';
import type { Observatory } from './deps.ts';

/** Enough for a sparkline. */
const maxLatencies = 60;

export interface ObservatoryDeps {
  readonly core: CoreStatus;
  readonly registry: Registry;
  readonly broker: Broker;
  readonly account: Pick<Account, 'status'>;
  readonly live: Pick<LiveContainers, 'row' | 'currency' | 'onChange'>;
  readonly clock: Clock;
  /** Told of each finished request. */
  readonly audit: (line: AuditLine) => void;
}

export interface SessionWatch {
  /** @param pid the program that joined, where there is one */
  watch(owner: CredentialOwner, pid: number | undefined): SessionObserver;
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
  const changeListeners = new Set<() => void>();
  const activityListeners = new Set<(activity: Activity) => void>();
  let revision = 0;
  let lastSession = 0;

  const changed = () => {
    revision += 1;
    for (const listener of [...changeListeners]) listener();
  };
  registry.onChange(changed);
  broker.onChange(changed);
  live.onChange(changed);

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
        ...(account !== undefined && {
          account: { ...account, ...(containers !== undefined && { containers }) },
        }),
      };
    },
    onChange(listener) {
      changeListeners.add(listener);
      return () => void changeListeners.delete(listener);
    },
    onActivity(listener) {
      activityListeners.add(listener);
      return () => void activityListeners.delete(listener);
    },
    watch(owner, pid) {
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
          ...(pid !== undefined && { pid }),
        },
      };
      const update = (part: Partial<SessionStatus>) => {
        watched.status = { ...watched.status, ...part };
        changed();
      };
      sessions.set(id, watched);
      changed();
      return {
        introduced: (client) => update({ client: client.slice(0, 100) }),
        started() {
          const { state, inFlight } = watched.status;
          update({ inFlight: inFlight + 1, ...(state === 'waiting' && { state: 'connecting' }) });
        },
        connected(protocolVersion) {
          tally.problem = undefined;
          update({ state: 'connected', ...(protocolVersion !== undefined && { protocolVersion }) });
        },
        finished(request) {
          const { calls, inFlight, state } = watched.status;
          tally.calls += 1;
          if (request.outcome === 'ok' || request.outcome === 'tool_error') {
            tally.latenciesMs.push(hundredths(request.durationMs));
            if (tally.latenciesMs.length > maxLatencies) tally.latenciesMs.shift();
            tally.problem = undefined;
          } else if (request.problem !== undefined) {
            tally.problem = request.problem;
          }
          const failed = request.problem !== undefined && state !== 'connected';
          update({ calls: calls + 1, inFlight: inFlight - 1, ...(failed && { state: 'failed' }) });
          const activity = activityOf(watched.status, request, clock.now());
          for (const listener of [...activityListeners]) listener(activity);
          deps.audit(pid === undefined ? activity : { ...activity, pid });
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

function activityOf(
  { id, container, client }: SessionStatus,
  request: FinishedRequest,
  at: number,
): Activity {
  const { method, tool, outcome, error, durationMs, bytesOut, bytesIn } = request;
  return {
    at,
    session: id,
    container,
    ...(client !== undefined && { client }),
    method,
    ...(tool !== undefined && { tool }),
    outcome,
    ...(error !== undefined && { error }),
    durationMs: hundredths(durationMs),
    bytesOut,
    bytesIn,
  };
}

/** Whoever reads the audit has no use for more digits. */
function hundredths(ms: number): number {
  return Math.round(ms * 100) / 100;
}

/** Undefined while `config.json` cannot be read: what runs is shown all the same. */
function configuredOwners(registry: Registry): CredentialOwner[] | undefined {
  try {
    return registry.list().map((container) => ({ container, configured: true }));
  } catch {
    return undefined;
  }
}
