/** One value that is read whole and replaced whole, as React's useSyncExternalStore wants it. */

export interface Cell<T> {
  readonly read: () => T;
  readonly write: (value: T) => void;
  /** @returns the function that ends it */
  readonly subscribe: (listener: () => void) => () => void;
}

export function createCell<T>(first: T): Cell<T> {
  let current = first;
  const listeners = new Set<() => void>();
  return {
    read: () => current,
    write(value) {
      if (Object.is(value, current)) return;
      current = value;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
