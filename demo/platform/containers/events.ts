/** What happened to a user's containers, numbered, so that whoever comes back misses nothing. */
import { EventEmitter } from 'node:events';
import type { ContainerEvent, ContainerRow } from '../../../shared/platform-api.ts';
import type { Database, Queries } from '../../database/database.ts';

export interface ToldEvent {
  readonly id: number;
  readonly type: ContainerEvent;
  readonly container: ContainerRow;
}

interface Change<T> {
  readonly result: T;
  /** Left out where nothing changed. */
  readonly event?: readonly [type: ContainerEvent, container: ContainerRow];
}

export interface ContainerEvents {
  /** Does the work in a transaction, alone for this user, and tells its event with it or not at all. */
  told<T>(userId: string, work: (queries: Queries) => Promise<Change<T>>): Promise<T>;
  last(queries: Queries, userId: string): Promise<number>;
  current(userId: string): Promise<number>;
  /** In order. `gone` where some of them are no longer known. */
  after(userId: string, id: number): Promise<readonly ToldEvent[] | 'gone'>;
  /** Rings when something may have happened since it rang last, or since it was made. */
  bell(userId: string): Bell;
}

export interface Bell {
  /** Until it rings or `ms` are over. */
  wait(ms: number): Promise<void>;
  close(): void;
}

/** @param kept how many events of each user can be resumed from */
export function createContainerEvents(database: Database, kept: number): ContainerEvents {
  const news = new EventEmitter().setMaxListeners(0);

  const last = async (queries: Queries, userId: string) => {
    const [row] = await queries.query<{ last_event: number }>('SELECT last_event FROM users WHERE id = $1', [
      userId,
    ]);
    return row?.last_event ?? 0;
  };

  return {
    last,
    current: (userId) => last(database, userId),
    async told(userId, work) {
      const result = await database.transaction(async (queries) => {
        // The user's row is locked until the commit: numbers become visible in their order, without a gap.
        await queries.query('SELECT id FROM users WHERE id = $1 FOR UPDATE', [userId]);
        const change = await work(queries);
        if (change.event === undefined) return change.result;
        const [type, container] = change.event;
        const [row] = await queries.query<{ id: number }>(
          'UPDATE users SET last_event = last_event + 1 WHERE id = $1 RETURNING last_event AS id',
          [userId],
        );
        const id = row?.id ?? 0;
        await queries.query(
          'INSERT INTO container_events (user_id, id, type, container) VALUES ($1, $2, $3, $4::jsonb)',
          [userId, id, type, JSON.stringify(container)],
        );
        await queries.query('DELETE FROM container_events WHERE user_id = $1 AND id <= $2', [
          userId,
          id - kept,
        ]);
        return change.result;
      });
      news.emit(userId);
      return result;
    },
    async after(userId, id) {
      // One statement, so that the events and the number of the last belong together.
      const rows = await database.query<{ last_event: number } & Partial<ToldEvent>>(
        `SELECT last_event, event.id, type, container
        FROM users LEFT JOIN container_events event ON user_id = users.id AND event.id > $2
        WHERE users.id = $1 ORDER BY event.id`,
        [userId, id],
      );
      const known = rows.flatMap(({ id: told, type, container }) =>
        type == null || told == null || container == null ? [] : [{ id: told, type, container }],
      );
      return known.length === (rows[0]?.last_event ?? 0) - id ? known : 'gone';
    },
    bell(userId) {
      let rung = false;
      let wake: () => void = () => undefined;
      const ring = () => {
        rung = true;
        wake();
      };
      news.on(userId, ring);
      return {
        async wait(ms) {
          if (!rung) {
            await new Promise<void>((resolve) => {
              const late = setTimeout(resolve, ms);
              wake = () => {
                clearTimeout(late);
                resolve();
              };
            });
          }
          rung = false;
        },
        close() {
          news.off(userId, ring);
          ring();
        },
      };
    },
  };
}
