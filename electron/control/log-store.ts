/** Where the core's named events go: `log/core.log`, the last ones also in memory, and each to who listens. */
import { join } from 'node:path';
import { logEntry, type LogEntry } from '../../shared/status.ts';
import { createListeners } from '../runtime/listeners.ts';
import type { LogRecord } from '../runtime/logger.ts';
import { createLineFile } from './line-file.ts';
import { readLastLines } from './line-segments.ts';

export interface LogStore {
  /** For createLogger. Never blocks and never throws. */
  write(record: LogRecord): void;
  /** The last `count` events, oldest first: from memory, and what is older or of an earlier core from the disk. */
  last(count: number): Promise<LogEntry[]>;
  /** Returns the function that ends it. */
  onEntry(listener: (entry: LogEntry) => void): () => void;
  /** Resolves when everything is on the disk. To be called at the end. */
  flush(): Promise<void>;
}

const maxInMemory = 2_000;

/** @param folder the profile's `log` */
export function createLogStore(folder: string): LogStore {
  const file = createLineFile({ path: join(folder, 'core.log') });
  const listeners = createListeners<[LogEntry]>();
  let ring: LogEntry[] = [];
  return {
    write(record) {
      const entry = entryOf(record);
      file.append(entry);
      ring.push(entry);
      // Cut rarely: moving 2,000 entries for each new one would be felt.
      if (ring.length >= 2 * maxInMemory) ring = ring.slice(-maxInMemory);
      listeners.tell(entry);
    },
    async last(count) {
      if (ring.length < count) {
        const onDisk = await file.readLast(count).catch(() => []);
        if (onDisk.length >= ring.length) return onDisk.flatMap(checked);
      }
      return ring.slice(Math.max(ring.length - count, 0));
    },
    onEntry: listeners.add,
    flush: () => file.flush(),
  };
}

/** The last events on the disk, while no core runs. @param folder the profile's `log` */
export async function readLog(folder: string, count: number): Promise<LogEntry[]> {
  const records = await readLastLines(join(folder, 'core.log'), count);
  return records.flatMap(checked);
}

function checked(record: unknown): LogEntry[] {
  const parsed = logEntry.safeParse(record);
  return parsed.success ? [parsed.data] : [];
}

function entryOf({ at, level, event, fields }: LogRecord): LogEntry {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  return { at, level, event, fields: Object.fromEntries(present) };
}
