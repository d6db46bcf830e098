/** Snapshots and what is in them, for tests of what the window makes of them. */
import { container } from '../../shared/container.ts';
import type { Activity, ContainerStatus, Snapshot } from '../../shared/status.ts';

export function statusOf(name: string, more: Partial<ContainerStatus> = {}): ContainerStatus {
  return {
    container: container.parse({ name, url: `https://${name}.example.com/mcp`, auth: { method: 'oauth' } }),
    configured: true,
    state: 'idle',
    credential: 'present',
    sessions: 0,
    calls: 0,
    latenciesMs: [],
    ...more,
  };
}

export function snapshotOf(containers: ContainerStatus[], more: Partial<Snapshot> = {}): Snapshot {
  return {
    revision: 1,
    core: { pid: 1, version: '0.1.0', startedAt: 0, vault: 'memory', home: '/home/maya' },
    containers,
    sessions: [],
    pendingSignIns: [],
    signIns: 0,
    changedTools: [],
    pendingConsents: [],
    ...more,
  };
}

export function requestOf(id: number, more: Partial<Activity> = {}): Activity {
  return {
    id,
    at: 1_000 + id,
    session: 's1',
    container: 'notes',
    client: 'Cursor',
    method: 'tools/call',
    tool: 'search',
    phase: 'done',
    outcome: 'ok',
    durationMs: 12,
    bytesOut: 100,
    bytesIn: 200,
    ...more,
  };
}
