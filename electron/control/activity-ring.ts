/** The last requests of all clients and how far each has come, for who watches: bounded, and gone with the core. */
import type { Activity } from '../../shared/status.ts';
import type { Clock } from '../runtime/clock.ts';
import { createListeners } from '../runtime/listeners.ts';
import type { RequestStage } from '../session/observer.ts';

/** Who asks for what. */
export type Asked = Omit<
  Activity,
  'id' | 'at' | 'phase' | 'queuedMs' | 'connectedMs' | 'firstByteMs' | keyof Ended
>;
type Ended = Required<Pick<Activity, 'outcome' | 'durationMs' | 'bytesIn'>> & Pick<Activity, 'error'>;

export interface ActivityRow {
  reached(stage: RequestStage): void;
  /** To be called once. */
  done(end: Ended): void;
}

export interface ActivityRing {
  begin(asked: Asked): ActivityRow;
  /** The last `count`, oldest first. */
  last(count: number): Activity[];
  /** Told of a row whenever it has changed. Returns the function that ends it. */
  onChange(listener: (row: Activity) => void): () => void;
}

type Row = { -readonly [K in keyof Activity]: Activity[K] };

/** @param capacity rows beyond this are forgotten, oldest first */
export function createActivityRing(clock: Clock, capacity = 1_000): ActivityRing {
  const rows: Row[] = [];
  const listeners = createListeners<[Activity]>();
  let count = 0;

  const tell = (row: Row) => {
    // A copy: the row goes on changing.
    listeners.tell({ ...row });
  };

  return {
    begin(asked) {
      count += 1;
      const row: Row = { id: count, at: clock.now(), phase: 'queued', ...asked };
      const startedMs = clock.elapsed();
      const sinceStart = () => hundredths(clock.elapsed() - startedMs);
      rows[count % capacity] = row;
      tell(row);
      return {
        reached(stage) {
          // Sent anew, with another token say, it begins anew.
          if (stage === 'connecting') {
            // Most connections are open: it is told with what follows at once.
            row.queuedMs = sinceStart();
            return;
          }
          row.phase = stage;
          row[stage === 'connected' ? 'connectedMs' : 'firstByteMs'] = sinceStart();
          tell(row);
        },
        done(end) {
          row.phase = 'done';
          Object.assign(row, end);
          tell(row);
        },
      };
    },
    last(wanted) {
      const known = Math.min(wanted, count, capacity);
      return Array.from(
        { length: known },
        (_, index) => rows[(count - known + 1 + index) % capacity],
      ).flatMap((row) => (row === undefined ? [] : [{ ...row }]));
    },
    onChange: listeners.add,
  };
}

/** Whoever reads durations has no use for more digits. */
export function hundredths(ms: number): number {
  return Math.round(ms * 100) / 100;
}
