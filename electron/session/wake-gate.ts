/** Between stops 3 and 4: has a hosted container started that sleeps, once for all who wait for it. */
import type { Container } from '../../shared/container.ts';
import { FairleadError } from '../../shared/errors.ts';
import type { ContainerStatus } from '../../shared/platform-api.ts';
import { unlessAborted } from '../runtime/unless-aborted.ts';

/** A container's first start may take long; but shorter than what sessions wait for an answer (120 s). */
const defaultLimitMs = 60_000;

/** Where a hosted container stands, as the platform said last. */
export interface WakeWatch {
  /** Undefined: not known now, so the call is sent and the gateway wakes the container. */
  readonly status: ContainerStatus | undefined;
  onChange(listener: () => void): () => void;
  /** Asks the platform to start it. Rejects with a FairleadError. */
  start(signal: AbortSignal): Promise<void>;
}

export interface WakeGate {
  /** The platform says that it does not run. */
  readonly asleep: boolean;
  /**
   * Has it started. Resolves when it runs, or when that cannot be known or asked for: the gateway starts it then.
   * Throws `container_asleep`, `container_failed`, or the signal's reason.
   */
  wake(signal: AbortSignal): Promise<void>;
  /** The same without having it started, for as long as that takes. Throws the signal's reason. */
  awake(signal: AbortSignal): Promise<void>;
  /** What a refusal is in truth where the container went to sleep, or failed to start, meanwhile. */
  explain(thrown: unknown): unknown;
}

/**
 * One for all clients of the container.
 * @param deps.name the container's, for people
 * @param deps.limitMs for a start, from when it is asked for; default 60,000
 */
export function createWakeGate(deps: { watch: WakeWatch; name: string; limitMs?: number }): WakeGate {
  const { watch, name, limitMs = defaultLimitMs } = deps;
  let waking: Promise<void> | undefined;

  const failed = (code: 'container_asleep' | 'container_failed', what: string, cause?: unknown) =>
    new FairleadError(code, `The container ${name} ${what}`, {
      help: `Try again with \`fairlead platform start ${name}\`, and look at the platform for the reason.`,
      cause,
    });

  const start = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const over = new AbortController();
      let before: ContainerStatus | undefined;
      /** A failure from now on is of this start. */
      let begun = false;
      const end = (error?: FairleadError) => {
        clearTimeout(late);
        stop();
        over.abort();
        if (error === undefined) resolve();
        else reject(error);
      };
      const look = () => {
        const { status } = watch;
        if (runs(status)) end();
        else if (status === before) return;
        else if (status === 'failed' && begun) end(failed('container_failed', 'could not be started.'));
        else if (status === 'sleeping' || status === 'failed') watch.start(over.signal).catch(() => end());
        begun ||= status !== 'stopping';
        before = status;
      };
      const late = setTimeout(
        () => end(failed('container_asleep', `did not start within ${limitMs / 1_000} s.`)),
        limitMs,
      );
      const stop = watch.onChange(look);
      look();
    });

  return {
    get asleep() {
      return !runs(watch.status);
    },
    wake(signal) {
      waking ??= start().finally(() => {
        waking = undefined;
      });
      return unlessAborted(waking, signal);
    },
    async awake(signal) {
      let stop: () => void = () => undefined;
      const running = new Promise<void>((resolve) => {
        const look = () => {
          if (runs(watch.status)) resolve();
        };
        stop = watch.onChange(look);
        look();
      });
      await unlessAborted(running, signal).finally(stop);
    },
    explain(thrown) {
      const refused = thrown instanceof FairleadError && thrown.code === 'overloaded';
      if (!refused || runs(watch.status)) return thrown;
      return watch.status === 'failed'
        ? failed('container_failed', 'could not be started.', thrown)
        : failed('container_asleep', 'went to sleep before it took the request.', thrown);
    },
  };
}

/**
 * The gates of all containers: one for each, however many clients it has.
 * @param watchOf undefined for a container that the platform does not host
 */
export function createWakeGates(
  watchOf: (container: Container) => WakeWatch | undefined,
): (container: Container) => WakeGate | undefined {
  const gates = new Map<string, WakeGate>();
  return (container) => {
    const { name, url } = container;
    const key = `${name} ${url}`;
    const watch = gates.has(key) ? undefined : watchOf(container);
    if (watch !== undefined) gates.set(key, createWakeGate({ watch, name }));
    return gates.get(key);
  };
}

/** Also where nobody knows: the gateway does. */
function runs(status: ContainerStatus | undefined): boolean {
  return status === undefined || status === 'running' || status === 'registered';
}
