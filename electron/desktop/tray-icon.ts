/** Which of the tray's icons is shown. */
import { needsOf } from '../../shared/condition.ts';
import type { Snapshot } from '../../shared/status.ts';
import type { CoreState } from './core-link.ts';

export type IconState = 'idle' | 'traffic' | 'needs-you' | 'paused' | 'core-down';

/** @param busy whether something went through a moment ago */
export function iconState(core: CoreState, snapshot: Snapshot | undefined, busy: boolean): IconState {
  if (snapshot === undefined) return core.status === 'starting' ? 'idle' : 'core-down';
  if (snapshot.paused !== undefined) return 'paused';
  if (needsOf(snapshot).length > 0) return 'needs-you';
  return busy ? 'traffic' : 'idle';
}

/** How much has gone through so far, for two snapshots to be compared. */
export function callsOf(snapshot: Snapshot): number {
  return snapshot.containers.reduce((sum, { calls }) => sum + calls, 0);
}

/** On macOS the system colours it: a template image, known by its name. 2x lies beside it as `…@2x.png`. */
export function iconFile(state: IconState, platform: NodeJS.Platform): string {
  return platform === 'darwin' ? `${state}Template.png` : `${state}.png`;
}
