/** Times the tour's steps, and begins none once the person wants to end. */

export type Stopwatch = <T>(work: () => Promise<T>) => Promise<{ value: T; ms: number }>;

/** @returns what runs a step and measures it; throws instead once `interrupt` is aborted */
export function createStopwatch(interrupt: AbortSignal): Stopwatch {
  return async (work) => {
    interrupt.throwIfAborted();
    const startedAt = performance.now();
    return { value: await work(), ms: performance.now() - startedAt };
  };
}
