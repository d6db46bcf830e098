/** All that the window knows: the last snapshot, the desktop's state, what was asked lately, and where the person is. */
import type { Examination } from '../../shared/control.ts';
import type { DesktopBridge, DesktopState, Place } from '../../shared/desktop.ts';
import type { Activity, Snapshot } from '../../shared/status.ts';
import { createActivityLog, type ActivityLog } from './activity-log.ts';
import { createCell, type Cell } from './cell.ts';
import type { Prompt, Toast } from './prompt.ts';
import { newlyUrgent } from './urgent.ts';

export interface Store {
  readonly bridge: DesktopBridge;
  /** Undefined until the core has been heard of. */
  readonly snapshot: Cell<Snapshot | undefined>;
  readonly desktop: Cell<DesktopState | undefined>;
  readonly place: Cell<Place>;
  /** Whether a link, a notification or the tray led here: that is shown before the first run is done, too. */
  readonly led: Cell<boolean>;
  /** What the person is asked, in front of everything: what begins to wait for a decision unless another dialog is open. */
  readonly prompt: Cell<Prompt | undefined>;
  /** What has just been done, or could not be. */
  readonly toast: Cell<Toast | undefined>;
  /** What the doctor has found so far of the container that is being examined, or was examined last. */
  readonly examination: Cell<Examination | undefined>;
  readonly activity: ActivityLog;
  /** What was answered last, by what was asked: shown again at once where it is asked again. */
  readonly answers: Map<string, KnownAnswer>;
  readonly close: () => void;
}

interface KnownAnswer {
  readonly value: unknown;
  readonly at: number;
  /** Which core gave it, after how many sign-ins, and on what else it depended. */
  readonly of: string;
}

/** As many as the core keeps. */
const knownToCore = 1_000;

/** @param onNextFrame calls once, before the next frame */
export function createStore(bridge: DesktopBridge, onNextFrame: (work: () => void) => unknown): Store {
  const snapshot = createCell<Snapshot | undefined>(undefined);
  const desktop = createCell<DesktopState | undefined>(undefined);
  const place = createCell<Place>({ place: 'containers' });
  const led = createCell(false);
  const prompt = createCell<Prompt | undefined>(undefined);
  const toast = createCell<Toast | undefined>(undefined);
  const examination = createCell<Examination | undefined>(undefined);
  const activity = createActivityLog(onNextFrame);
  const answers = new Map<string, KnownAnswer>();

  /** What comes while the rows before it are being asked for. */
  let held: Activity[] | undefined;
  const catchUp = async () => {
    const own: Activity[] = [];
    held = own;
    const answer = await bridge.core.activity({ last: knownToCore });
    // There is another core by now, which has been asked, too.
    if (held !== own) return;
    held = undefined;
    for (const row of [...(answer.ok ? answer.output : []), ...own]) activity.take(row);
  };
  const takeActivity = (row: Activity) => {
    if (held === undefined) activity.take(row);
    else held.push(row);
  };
  const takeSnapshot = (next: Snapshot) => {
    const last = snapshot.read();
    const another = last?.core.pid !== next.core.pid;
    // A late one of the same core says less than what is known.
    if (!another && next.revision < last.revision) return;
    snapshot.write(next);
    if (prompt.read() === undefined) prompt.write(newlyUrgent(last, next));
    if (!another) return;
    activity.coreChanged();
    void catchUp();
  };

  const endings = [
    bridge.subscribe('snapshot', takeSnapshot),
    bridge.subscribe('activity', takeActivity),
    bridge.subscribe('examination', examination.write),
    bridge.subscribe('state', (next) => desktop.write(next)),
    bridge.subscribe('place', (next) => {
      place.write(next);
      led.write(true);
    }),
  ];
  return {
    bridge,
    snapshot,
    desktop,
    place,
    led,
    prompt,
    toast,
    examination,
    activity,
    answers,
    close: () => endings.forEach((end) => end()),
  };
}
