/** Lifetimes that nest: core → container connection → session → request. */

type Cleanup = () => void | Promise<void>;

export interface Scope extends AsyncDisposable {
  /** Aborted when the scope begins to close. */
  readonly signal: AbortSignal;
  /** Runs `cleanup` at close, last added first. Returns a function that takes it back. */
  defer(cleanup: Cleanup): () => void;
  /** A scope that closes no later than this one. */
  child(): Scope;
  /** Idempotent. Runs every cleanup whatever the others do, and gives up waiting at the deadline. */
  close(): Promise<void>;
}

/**
 * @param deadlineMs how long `close` waits for the cleanups together
 * @param onError told of each cleanup that throws; closing goes on
 */
export function createScope(
  options: { deadlineMs?: number; onError?: (thrown: unknown) => void } = {},
): Scope {
  const { deadlineMs = 5_000, onError = () => undefined } = options;
  const controller = new AbortController();
  const cleanups = new Set<Cleanup>();
  let closing: Promise<void> | undefined;

  const runAll = async () => {
    for (const cleanup of [...cleanups].reverse()) {
      try {
        await cleanup();
      } catch (thrown) {
        onError(thrown);
      }
    }
    cleanups.clear();
  };

  const close = () => {
    closing ??= (async () => {
      controller.abort();
      let timer: NodeJS.Timeout | undefined;
      const deadline = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, deadlineMs);
      });
      await Promise.race([runAll(), deadline]);
      clearTimeout(timer);
    })();
    return closing;
  };

  const scope: Scope = {
    signal: controller.signal,
    defer(cleanup) {
      if (closing === undefined) cleanups.add(cleanup);
      else void Promise.resolve().then(cleanup).catch(onError);
      return () => void cleanups.delete(cleanup);
    },
    child() {
      const inner = createScope(options);
      const forget = scope.defer(() => inner.close());
      inner.defer(forget);
      return inner;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
  return scope;
}
