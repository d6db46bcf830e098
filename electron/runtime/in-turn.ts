/** Work that must not overlap with other work on the same thing. */

/** Runs `work` when everybody who came before for the same `thing` is done, however that went. Rejects as it does. */
export type InTurn = <T>(thing: string, work: () => Promise<T>) => Promise<T>;

export function createInTurn(): InTurn {
  const last = new Map<string, Promise<unknown>>();
  return (thing, work) => {
    const turn = (last.get(thing) ?? Promise.resolve()).then(work, work);
    last.set(thing, turn);
    return turn.finally(() => {
      if (last.get(thing) === turn) last.delete(thing);
    });
  };
}
