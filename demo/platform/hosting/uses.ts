/** Who uses a hosted container now, and which of them nobody has used for a while. */

export interface Uses {
  /** Somebody uses it from now on. @returns ends that; idempotent */
  begin(id: string): () => void;
  /** Nobody uses it, nor has for long enough. */
  isIdle(id: string): boolean;
}

/** @param deps.onIdle told when the last use of a container has ended `idleMs` ago */
export function createUses(deps: { idleMs: number; onIdle: (id: string) => void }): Uses {
  const open = new Map<string, number>();
  /** Of those that were used, and are not. */
  const timers = new Map<string, NodeJS.Timeout>();

  const end = (id: string) => {
    const left = (open.get(id) ?? 1) - 1;
    if (left > 0) {
      open.set(id, left);
      return;
    }
    open.delete(id);
    const onTime = () => {
      timers.delete(id);
      deps.onIdle(id);
    };
    timers.set(id, setTimeout(onTime, deps.idleMs).unref());
  };

  return {
    begin(id) {
      clearTimeout(timers.get(id));
      timers.delete(id);
      open.set(id, (open.get(id) ?? 0) + 1);
      let ended = false;
      return () => {
        if (!ended) end(id);
        ended = true;
      };
    },
    isIdle: (id) => !open.has(id) && !timers.has(id),
  };
}
