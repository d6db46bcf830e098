/** The platform's containers: rows of their users, and an event with every change of one. */
import { randomBytes } from 'node:crypto';
import type {
  ContainerChanges,
  ContainerRow,
  ContainerStatus,
  NewContainer,
} from '../../../shared/platform-api.ts';
import type { Database, Queries } from '../../database/database.ts';
import type { ContainerEvents } from './events.ts';

export interface Containers {
  list(userId: string): Promise<{ rows: readonly ContainerRow[]; lastEvent: number }>;
  find(id: string): Promise<ContainerRow | undefined>;
  /** External ones that are reached there: `userId`'s own first. */
  byEndpoint(endpoint: string, userId: string): Promise<ContainerRow | undefined>;
  /** `taken` where the user has one with the name or the endpoint, `full` where they have as many as anybody may. */
  create(userId: string, wanted: NewContainer & { id?: string }): Promise<ContainerRow | 'taken' | 'full'>;
  change(id: string, changes: ContainerChanges): Promise<ContainerRow | 'taken' | undefined>;
  /** Only where it is one of `from`: of two who want it to change, one does it. @returns the row as it is now, if so */
  move(id: string, from: readonly ContainerStatus[], to: ContainerStatus): Promise<ContainerRow | undefined>;
  remove(id: string): Promise<ContainerRow | undefined>;
  /** Hosted ones are children of a platform: with a new one they all sleep. */
  settle(): Promise<void>;
}

const columns = 'id, user_id, name, type, mcp_endpoint, auth_method, public_key_fingerprint, status' as const;
const mostOfOneUser = 200;
/** What a hosted container is called inside the platform; where it really listens, only the platform knows. */
const internalPort = 3100;

export function createContainers(database: Database, events: ContainerEvents): Containers {
  const read = async (queries: Queries, rest: string, params: readonly unknown[]) =>
    queries.query<ContainerRow>(`SELECT ${columns} FROM containers ${rest}`, params);

  const move: Containers['move'] = async (id, from, to) => {
    const [known] = await read(database, 'WHERE id = $1', [id]);
    if (known === undefined) return undefined;
    return events.told(known.user_id, async (queries) => {
      const [row] = await queries.query<ContainerRow>(
        `UPDATE containers SET status = $2 WHERE id = $1 AND status = ANY($3::text[]) RETURNING ${columns}`,
        [id, to, [...from]],
      );
      return row === undefined ? { result: undefined } : { result: row, event: ['container.updated', row] };
    });
  };

  return {
    list: (userId) =>
      // One snapshot, so that the rows and the number of the last event in them belong together.
      database.transaction(async (queries) => {
        await queries.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
        const rows = await read(queries, 'WHERE user_id = $1 ORDER BY created_at, id', [userId]);
        return { rows, lastEvent: await events.last(queries, userId) };
      }),
    find: async (id) => (await read(database, 'WHERE id = $1', [id]))[0],
    byEndpoint: async (endpoint, userId) =>
      (
        await read(database, `WHERE type = 'external' AND mcp_endpoint = $1 ORDER BY user_id <> $2 LIMIT 1`, [
          endpoint,
          userId,
        ])
      )[0],

    create: (userId, wanted) =>
      events.told<ContainerRow | 'taken' | 'full'>(userId, async (queries) => {
        const mine = await read(queries, 'WHERE user_id = $1', [userId]);
        if (mine.length >= mostOfOneUser) return { result: 'full' };
        const row = newRow(userId, wanted);
        if (mine.some((other) => collides(row, other))) return { result: 'taken' };
        await queries.query(`INSERT INTO containers (${columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, [
          ...[row.id, row.user_id, row.name, row.type, row.mcp_endpoint],
          ...[row.auth_method, row.public_key_fingerprint, row.status],
        ]);
        return { result: row, event: ['container.created', row] };
      }),

    async change(id, changes) {
      const [known] = await read(database, 'WHERE id = $1', [id]);
      if (known === undefined) return undefined;
      return events.told<ContainerRow | 'taken' | undefined>(known.user_id, async (queries) => {
        const mine = await read(queries, 'WHERE user_id = $1', [known.user_id]);
        const before = mine.find((row) => row.id === id);
        if (before === undefined) return { result: undefined };
        const row: ContainerRow = { ...before, ...definedOf(changes) };
        if (mine.some((other) => other.id !== id && collides(row, other))) return { result: 'taken' };
        await queries.query(
          `UPDATE containers SET name = $2, mcp_endpoint = $3, auth_method = $4, public_key_fingerprint = $5
          WHERE id = $1`,
          [id, row.name, row.mcp_endpoint, row.auth_method, row.public_key_fingerprint],
        );
        return { result: row, event: ['container.updated', row] };
      });
    },

    move,

    async remove(id) {
      const [known] = await read(database, 'WHERE id = $1', [id]);
      if (known === undefined) return undefined;
      return events.told(known.user_id, async (queries) => {
        const [row] = await queries.query<ContainerRow>(
          `DELETE FROM containers WHERE id = $1 RETURNING ${columns}`,
          [id],
        );
        return row === undefined ? { result: undefined } : { result: row, event: ['container.removed', row] };
      });
    },

    async settle() {
      const awake = await read(database, `WHERE type = 'hosted' AND status <> 'sleeping'`, []);
      for (const { id, status } of awake) await move(id, [status], 'sleeping');
    },
  };
}

function newRow(userId: string, wanted: NewContainer & { id?: string }): ContainerRow {
  const id = wanted.id ?? `container_${randomBytes(9).toString('hex')}`;
  if (wanted.type === 'external') {
    const { name, mcp_endpoint, auth_method, public_key_fingerprint } = wanted;
    return {
      ...{ id, user_id: userId, name, type: 'external', mcp_endpoint, auth_method },
      ...{ public_key_fingerprint, status: 'registered' },
    };
  }
  return {
    ...{ id, user_id: userId, name: wanted.name, type: 'hosted', mcp_endpoint: `${id}:${internalPort}` },
    ...{ auth_method: 'mtls', public_key_fingerprint: null, status: 'sleeping' },
  };
}

function collides(one: ContainerRow, other: ContainerRow): boolean {
  return one.name === other.name || one.mcp_endpoint === other.mcp_endpoint;
}

/** A member that was not sent changes nothing. */
function definedOf(changes: ContainerChanges): Partial<ContainerRow> {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
}
