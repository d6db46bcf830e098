/** Beside the path: the account's containers as they are known now, from the list, from events, and from answers. */
import type { ContainerEvent, ContainerRow } from '../../shared/platform-api.ts';
import type { AccountRows, RowCache } from './row-cache.ts';

/** One event of the platform. */
export interface RowChange {
  readonly event: ContainerEvent;
  readonly row: ContainerRow;
}

export interface RowBook {
  /** Undefined: no account's. A new object with each change. */
  readonly current: AccountRows | undefined;
  row(id: string): ContainerRow | undefined;
  /** The whole list, of an account that may be another one. */
  replace(account: Pick<AccountRows, 'issuer' | 'userId' | 'rows'>): void;
  /** What belongs to another account is left out. */
  apply(change: RowChange): void;
  setAuthority(id: string, file: string): void;
  clear(): void;
}

/** @param changed called after each change */
export function createRowBook({ cache, changed }: { cache: RowCache; changed: () => void }): RowBook {
  let current = cache.read();
  let mayBeKept = true;

  const set = (next: AccountRows | undefined) => {
    const before = current;
    current = next;
    // A container that only starts or stops is the same one to whoever reads the file.
    if (lasting(before) !== lasting(next)) cache.write(next);
    mayBeKept = next !== undefined;
    changed();
  };

  return {
    get current() {
      return current;
    },
    row: (id) => current?.rows.find((row) => row.id === id),
    replace({ issuer, userId, rows }) {
      const isSame = current?.issuer === issuer && current.userId === userId;
      const ids = new Set(rows.map(({ id }) => id));
      const known = isSame ? Object.entries(current?.authorities ?? {}) : [];
      const authorities = Object.fromEntries(known.filter(([id]) => ids.has(id)));
      set({ issuer, userId, rows: rows.filter((row) => row.user_id === userId), authorities });
    },
    apply({ event, row }) {
      if (current?.userId !== row.user_id) return;
      const { rows } = current;
      if (event === 'container.removed') set({ ...current, rows: rows.filter(({ id }) => id !== row.id) });
      else if (rows.some(({ id }) => id === row.id))
        set({ ...current, rows: rows.map((each) => (each.id === row.id ? row : each)) });
      else set({ ...current, rows: [...rows, row] });
    },
    setAuthority(id, file) {
      if (current !== undefined) set({ ...current, authorities: { ...current.authorities, [id]: file } });
    },
    clear() {
      if (current !== undefined) set(undefined);
      // A file that was of no use.
      else if (mayBeKept) cache.write(undefined);
      mayBeKept = false;
    },
  };
}

function lasting(account: AccountRows | undefined): string | undefined {
  return account && JSON.stringify({ ...account, rows: account.rows.map((row) => ({ ...row, status: '' })) });
}
