/** Whose notes a caller sees: everybody's where the container is one person's, and their own where it is many people's. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Database } from '../../database/database.ts';
import { openTenantNotes } from '../tenants/tenant-notes.ts';
import { ownerOf, type Caller, type Owner } from '../guard/caller.ts';
import { openNoteStore, type NoteStore } from './store.ts';

const mostKept = 1_000;

export interface NoteStores {
  /** The same one for the same owner, as long as somebody may be following it. */
  for(caller: Caller): Promise<NoteStore>;
}

/** @param deps.database for the notes of tenants; left out, each person has a folder */
export async function openNoteStores(deps: {
  folder: string;
  database: Database | undefined;
}): Promise<NoteStores> {
  const { folder, database } = deps;
  const shared = await openNoteStore(join(folder, 'notes'));
  const stores = new Map<string, Promise<NoteStore>>();

  const open = (owner: Owner) =>
    database === undefined
      ? openNoteStore(join(folder, 'users', hashOf(owner.userId)))
      : openTenantNotes(database, owner);

  return {
    async for(caller) {
      const owner = ownerOf(caller);
      if (owner === undefined) return shared;
      const key = ownerKey(owner);
      const store = stores.get(key) ?? open(owner);
      // Last used last; what could not be opened is tried again.
      stores.delete(key);
      stores.set(key, store);
      const [oldest] = stores.keys();
      if (stores.size > mostKept && oldest !== undefined) stores.delete(oldest);
      store.catch(() => stores.delete(key));
      return store;
    },
  };
}

/** Neither part can have a line break in it unnoticed: JSON tells where one ends. */
export function ownerKey({ tenantId, userId }: Owner): string {
  return JSON.stringify([tenantId, userId]);
}

function hashOf(userId: string): string {
  return createHash('sha256').update(userId).digest('hex').slice(0, 32);
}
