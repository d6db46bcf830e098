/** Notes in Postgres: each tenant has a schema of its own, and in it each person their own rows. */
import { randomBytes } from 'node:crypto';
import type { Database } from '../../database/database.ts';
import type { Owner } from '../guard/caller.ts';
import { createChanges } from '../notes/changes.ts';
import { longerText, noteUri, tooManyNotes, type Note } from '../notes/note.ts';
import { maxNotes, type NoteStore } from '../notes/store.ts';
import { quoted, schemaName } from './schema-name.ts';

interface Row {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** Makes the schema if it is not there. */
export async function openTenantNotes(database: Database, owner: Owner): Promise<NoteStore> {
  const { userId } = owner;
  const table = `${quoted(schemaName(owner.tenantId))}.notes`;
  await prepareSchema(database, owner.tenantId);
  const { tell, onChange } = createChanges();

  const select = async (condition = '', values: readonly unknown[] = []) => {
    const sql = `SELECT * FROM ${table} WHERE user_id = $1 ${condition} ORDER BY created_at, id`;
    return (await database.query<Row>(sql, [userId, ...values])).map(noteOf);
  };
  const read = async (id: string) => (await select('AND id = $2', [id]))[0];

  return {
    list: () => select(),
    read,
    search: (words) =>
      select(String.raw`AND position(lower($2) in lower(title || E'\n' || text)) > 0`, [storable(words)]),
    async add({ title, text }) {
      const [added] = await database.query<Row>(
        `INSERT INTO ${table} (user_id, id, title, text)
         SELECT $1, $2, $3, $4 WHERE (SELECT count(*) FROM ${table} WHERE user_id = $1) < $5
         RETURNING *`,
        [userId, randomBytes(6).toString('hex'), storable(title), storable(text), maxNotes],
      );
      if (added === undefined) throw tooManyNotes(maxNotes);
      tell({ kind: 'list' });
      return noteOf(added);
    },
    async append(id, text) {
      const changed = await database.transaction(async (within) => {
        const own = [userId, id];
        const [old] = await within.query<Row>(
          `SELECT * FROM ${table} WHERE user_id = $1 AND id = $2 FOR UPDATE`,
          own,
        );
        if (old === undefined) return undefined;
        const longer = longerText(old.text, storable(text));
        const [row] = await within.query<Row>(
          `UPDATE ${table} SET text = $3, updated_at = now() WHERE user_id = $1 AND id = $2 RETURNING *`,
          [...own, longer],
        );
        return row;
      });
      if (changed === undefined) return undefined;
      tell({ kind: 'note', uri: noteUri(id) });
      return noteOf(changed);
    },
    async remove(id) {
      const sql = `DELETE FROM ${table} WHERE user_id = $1 AND id = $2 RETURNING *`;
      const [removed] = await database.query<Row>(sql, [userId, id]);
      if (removed === undefined) return undefined;
      tell({ kind: 'note', uri: noteUri(id) });
      tell({ kind: 'list' });
      return noteOf(removed);
    },
    onChange,
  };
}

async function prepareSchema(database: Database, tenantId: string): Promise<void> {
  const name = schemaName(tenantId);
  const schema = quoted(name);
  await database.transaction(async (within) => {
    // IF NOT EXISTS is no lock: two that come at once would both make it, and one fail.
    await within.query('SELECT pg_advisory_xact_lock(hashtext($1))', [name]);
    await within.query(`CREATE SCHEMA IF NOT EXISTS ${schema}`);
    await within.query(
      `CREATE TABLE IF NOT EXISTS ${schema}.notes (
         user_id text NOT NULL,
         id text NOT NULL,
         title text NOT NULL,
         text text NOT NULL,
         created_at timestamptz NOT NULL DEFAULT now(),
         updated_at timestamptz NOT NULL DEFAULT now(),
         PRIMARY KEY (user_id, id)
       )`,
    );
  });
}

function noteOf({ id, title, text, created_at: createdAt, updated_at: updatedAt }: Row): Note {
  return { id, title, text, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
}

/** Postgres has no U+0000 in its texts. */
function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD');
}
