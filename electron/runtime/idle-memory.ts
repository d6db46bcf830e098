/** Gives memory back when a burst is over: V8 collects when it allocates, and a core at rest allocates nothing. */

const quietMs = 2_000;

/**
 * What a core is started with (V8's own flags): a small young generation, as almost nothing a core allocates outlives
 * its call, and a collector that can be called.
 */
export const memoryFlags = ['--max-semi-space-size=2', '--expose-gc'] as const;

/** @returns to be called for each thing done; does nothing where the process was not started with `memoryFlags` */
export function collectWhenQuiet(): () => void {
  const { gc } = globalThis;
  if (gc === undefined) return () => undefined;
  let timer: NodeJS.Timeout | undefined;
  return () => {
    if (timer !== undefined) {
      timer.refresh();
      return;
    }
    timer = setTimeout(() => {
      timer = undefined;
      gc();
    }, quietMs).unref();
  };
}
