/** A set of keys that a peer decides about, so it forgets the oldest rather than grow without end. */

export interface RecentKeys {
  add(key: string): void;
  has(key: string): boolean;
  /** @returns whether it was there */
  delete(key: string): boolean;
  clear(): void;
}

export function createRecentKeys(limit: number): RecentKeys {
  const keys = new Set<string>();
  return {
    add(key) {
      keys.delete(key);
      keys.add(key);
      if (keys.size <= limit) return;
      const [oldest = ''] = keys;
      keys.delete(oldest);
    },
    has: (key) => keys.has(key),
    delete: (key) => keys.delete(key),
    clear: () => keys.clear(),
  };
}
