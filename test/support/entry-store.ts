/** Keychain entries in memory that can lose power: after `failAfter` more changes every one is refused. */
import { FairleadError } from '../../shared/errors.ts';
import type { EntryStore } from '../../electron/credentials/keychain-entries.ts';

export interface MemoryEntries extends EntryStore {
  readonly entries: Map<string, string>;
  /** Changes that still succeed. */
  failAfter: number;
  /** As a locked Secret Service: answers with nothing, refuses changes. */
  locked: boolean;
}

export function createMemoryEntries(): MemoryEntries {
  const entries = new Map<string, string>();
  const change = async (apply: () => void) => {
    await Promise.resolve();
    if (store.locked || store.failAfter <= 0) throw new FairleadError('keychain_locked', 'refused');
    store.failAfter -= 1;
    apply();
  };
  const store: MemoryEntries = {
    entries,
    failAfter: Infinity,
    locked: false,
    get: (account) => Promise.resolve(store.locked ? undefined : entries.get(account)),
    set: (account, text) => change(() => entries.set(account, text)),
    delete: (account) => change(() => entries.delete(account)),
  };
  return store;
}
