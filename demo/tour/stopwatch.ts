/** Times the tour's steps, and begins none once it is to end. */

export type Stopwatch = <T>(work: () => Promise<T>) => Promise<{ value: T; ms: number }>;

/** @returns what runs a step and measures it; once `end` is aborted it throws the reason, also for a step that failed by it */
export function createStopwatch(end: AbortSignal): Stopwatch {
  return async (work) => {
    end.throwIfAborted();
    const startedAt = performance.now();
    try {
      return { value: await work(), ms: performance.now() - startedAt };
    } catch (thrown) {
      end.throwIfAborted();
      throw thrown;
    }
  };
}
