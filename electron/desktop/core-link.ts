/** The desktop's connection to the core, kept open for as long as the desktop runs: whoever of the two has to come back. */
import type { CommandInput, CommandName, CommandOutput } from '../../shared/control.ts';
import type { DesktopState } from '../../shared/desktop.ts';
import { errorReport, FairleadError } from '../../shared/errors.ts';
import type { Snapshot } from '../../shared/status.ts';
import { createControlClient, type ControlClient, type EventHandlers } from '../control/client.ts';
import { delay } from '../runtime/clock.ts';
import type { Scope } from '../runtime/scope.ts';
import { version } from '../runtime/version.ts';
import { joinCore } from '../socket/join.ts';
import type { CoreProcess } from './core-process.ts';
import { createObserved, type Observed } from './observed.ts';

export type CoreState = DesktopState['core'];

export interface CoreLink {
  readonly state: Observed<CoreState>;
  /** The last that came; undefined while no core is there. */
  readonly snapshot: Observed<Snapshot | undefined>;
  /** Throws the core's FairleadError, core_unreachable, core_lost. */
  call<N extends CommandName>(name: N, input: CommandInput<N>): Promise<CommandOutput<N>>;
  /** Another connection, for events that are many. Its end ends it silently. @returns the function that ends it */
  watch(handlers: EventHandlers): () => void;
  /** Tries again at once. */
  retry(): void;
}

/** One that has run this long and is lost was no failed start: the next one begins at once. */
const steadyMs = 10_000;
const startMs = 15_000;
const firstPauseMs = 500;
const longestPauseMs = 30_000;
const pollMs = 30;
const exitMs = 1_000;
/** For its sessions' last words. */
const endMs = 8_000;

/** @param scope at whose end the core that was started here has ended too; one that others started goes on */
export function keepCore(
  { env, scope }: { readonly env: NodeJS.ProcessEnv; readonly scope: Scope },
  start: () => CoreProcess,
): CoreLink {
  const state = createObserved<CoreState>({ status: 'starting' });
  const snapshot = createObserved<Snapshot | undefined>(undefined);
  const { signal } = scope;
  const isOpen = () => !signal.aborted;
  let own: CoreProcess | undefined;
  let client: ControlClient | undefined;
  let wake: () => void = () => undefined;
  let hasReplaced = false;

  const joinOrStart = async () => {
    const running = await tryToJoin(env);
    if (running !== undefined) return running;
    signal.throwIfAborted();
    const started = own ?? start();
    own = started;
    let status: number | undefined;
    void started.exited.then((exit) => {
      status = exit;
      if (own === started) own = undefined;
    });
    const deadline = performance.now() + startMs;
    // One that ends with 0 has found another, which is just as good.
    while (isOpen() && (status === undefined || status === 0) && performance.now() < deadline) {
      const joined = await tryToJoin(env);
      if (joined !== undefined) return joined;
      await delay(pollMs, signal);
    }
    throw new FairleadError('core_unreachable', "Fairlead's core does not start.", {
      help: started.lastWords() ?? 'Look into the logs, or restart Fairlead.',
    });
  };

  const live = async () => {
    let attempt = 0;
    while (isOpen()) {
      const joinedAt = performance.now();
      try {
        client = createControlClient(await joinOrStart());
        if (await replaces(client)) continue;
        client.subscribe({ snapshot: (value) => snapshot.set(value) });
        state.set({ status: 'running' });
        await client.closed;
        // Its connection is seen to end before it is.
        await Promise.race([own?.exited, delay(exitMs, signal).catch(() => undefined)]);
        if (performance.now() - joinedAt > steadyMs) attempt = 0;
        if (isOpen()) state.set({ status: 'lost' });
      } catch (thrown) {
        if (isOpen()) state.set({ status: 'failed', problem: errorReport(thrown) });
      }
      client = undefined;
      snapshot.set(undefined);
      if (attempt > 0) await pause(Math.min(firstPauseMs * 2 ** (attempt - 1), longestPauseMs));
      attempt += 1;
    }
  };

  /** An update has left the core of the version before, whose answers this one may not know. Tried once. */
  const replaces = async (joined: ControlClient) => {
    if (hasReplaced || own !== undefined) return false;
    const running = await joined.call('core.info', {});
    if (!isOlder(running.version, version)) return false;
    hasReplaced = true;
    await joined.call('core.stop', {});
    await Promise.race([joined.closed, delay(endMs, signal)]);
    joined.close();
    return true;
  };

  const pause = async (ms: number) => {
    const retried = new AbortController();
    wake = () => retried.abort();
    await delay(ms, AbortSignal.any([signal, retried.signal])).catch(() => undefined);
  };

  const lived = live();
  scope.defer(async () => {
    if (own === undefined) client?.close();
    else await endCore(own, client);
    await lived;
  });

  return {
    state,
    snapshot,
    call: (name, input) => client?.call(name, input) ?? Promise.reject(noCore()),
    watch(handlers) {
      let ended = false;
      let joined: ControlClient | undefined;
      void tryToJoin(env)
        .then((connection) => {
          if (connection === undefined) return;
          joined = createControlClient(connection);
          if (ended) joined.close();
          else joined.subscribe(handlers);
        })
        .catch(() => undefined);
      return () => {
        ended = true;
        joined?.close();
      };
    },
    retry: () => wake(),
  };
}

/** @returns undefined where no core runs. Throws profile_unsafe. */
async function tryToJoin(env: NodeJS.ProcessEnv) {
  try {
    return await joinCore({ env, role: 'control', start: false, timeoutMs: startMs });
  } catch (thrown) {
    if (thrown instanceof FairleadError && thrown.code === 'core_unreachable') return undefined;
    throw thrown;
  }
}

async function endCore(core: CoreProcess, client: ControlClient | undefined): Promise<void> {
  if (client === undefined) core.kill();
  else await client.call('core.stop', {}).catch(() => core.kill());
  const patience = new AbortController();
  await Promise.race([core.exited, delay(endMs, patience.signal).catch(() => undefined)]);
  patience.abort();
  core.kill();
}

/** @param one of `major.minor.patch`, as the other */
function isOlder(one: string, other: string): boolean {
  const [ours, theirs] = [one, other].map((text) => text.split('.').map((part) => Number.parseInt(part, 10)));
  const at = ours?.findIndex((part, index) => part !== theirs?.[index]) ?? -1;
  return at >= 0 && (ours?.[at] ?? 0) < (theirs?.[at] ?? 0);
}

function noCore(): FairleadError {
  return new FairleadError('core_unreachable', "Fairlead's core is not running.", {
    help: 'It is being started again. Try again in a moment.',
  });
}
