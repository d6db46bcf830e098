/** Those who are told when something happens. */

export interface Listeners<Told extends readonly unknown[] = []> {
  /** @returns the function that ends it */
  readonly add: (listener: (...told: Told) => void) => () => void;
  /** Who is added or ended by one of those who are told counts from the next time on. */
  readonly tell: (...told: Told) => void;
  readonly count: () => number;
  readonly clear: () => void;
}

export function createListeners<Told extends readonly unknown[] = []>(): Listeners<Told> {
  const all = new Set<(...told: Told) => void>();
  return {
    add(listener) {
      all.add(listener);
      return () => void all.delete(listener);
    },
    tell(...told) {
      for (const listener of [...all]) listener(...told);
    },
    count: () => all.size,
    clear: () => all.clear(),
  };
}
