/** The requests that were seen since the window was opened, newest last: bounded, and told of at most once per frame. */
import type { Activity } from '../../shared/status.ts';
import { createCell, type Cell } from './cell.ts';

export interface ActivityLog {
  /** A new request, or how far a known one has come. */
  take(row: Activity): void;
  /** Ids begin anew with the next core. */
  coreChanged(): void;
  /** Oldest first. Changed in place: read it again when `revision` changes. */
  readonly rows: readonly Activity[];
  readonly revision: Cell<number>;
}

/**
 * @param onNextFrame calls once, soon, when what it is given is worth doing
 * @param capacity beyond which the oldest are forgotten, a tenth at a time
 */
export function createActivityLog(
  onNextFrame: (work: () => void) => unknown,
  capacity = 110_000,
): ActivityLog {
  const rows: Activity[] = [];
  const revision = createCell(0);
  /** Where a request's row is, counted from the first one ever. */
  let places = new Map<Activity['id'], number>();
  let forgotten = 0;
  let due = false;

  const tell = () => {
    if (due) return;
    due = true;
    onNextFrame(() => {
      due = false;
      revision.write(revision.read() + 1);
    });
  };

  return {
    rows,
    revision,
    take(row) {
      const place = places.get(row.id);
      if (place !== undefined && place >= forgotten) rows[place - forgotten] = row;
      else {
        places.set(row.id, forgotten + rows.length);
        rows.push(row);
      }
      if (rows.length > capacity) {
        const count = Math.ceil(capacity / 10);
        rows.splice(0, count);
        forgotten += count;
        places = new Map([...places].filter(([, each]) => each >= forgotten));
      }
      tell();
    },
    coreChanged() {
      places.clear();
      // Whatever was under way then is never told of again.
      for (const [index, row] of rows.entries())
        if (row.phase !== 'done') rows[index] = { ...row, phase: 'done', outcome: 'lost' };
      tell();
    },
  };
}
