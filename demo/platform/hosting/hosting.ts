/** Hosted containers: each a process of its own that sleeps until it is called, and when nobody has called for a while. */
import { FairleadError } from '../../../shared/errors.ts';
import type { RunningProgram } from '../../start-program.ts';
import type { Containers } from '../containers/containers.ts';
import { createUses } from './uses.ts';

/** Where a running one listens: on loopback, for the gateway's certificate alone. */
export interface HostedAddress {
  readonly port: number;
}

export interface Hosting {
  /**
   * Starts it where it sleeps, once however many ask.
   * Throws `container_unknown`, `timed_out`, or what its start throws.
   */
  wake(id: string): Promise<HostedAddress>;
  /** Where it listens, if it runs. */
  running(id: string): HostedAddress | undefined;
  /** It does not go to sleep by itself until the use has ended. @returns ends it; idempotent */
  use(id: string): () => void;
  /** It sleeps, or is gone, when this resolves. */
  stop(id: string): Promise<void>;
  /** Also what it kept. */
  discard(id: string): Promise<void>;
  close(): Promise<void>;
}

/** How a container becomes a process; `process.ts` is one way. */
export interface ContainerRunner {
  /** `said` is the URL that it listens at. */
  start(id: string): Promise<RunningProgram>;
  discard(id: string): Promise<void>;
}

interface Hosted extends HostedAddress {
  readonly program: RunningProgram;
}

export function createHosting(deps: {
  containers: Containers;
  runner: ContainerRunner;
  /** How long one that nobody uses stays awake. */
  idleMs: number;
  report: (thrown: unknown) => void;
}): Hosting {
  const { containers, runner, idleMs, report } = deps;
  const hosted = new Map<string, Hosted>();
  const queues = new Map<string, Promise<unknown>>();
  let closed = false;

  /** One at a time for each container: what starts while it stops would have two processes on one folder. */
  const inTurn = <T>(id: string, work: () => Promise<T>): Promise<T> => {
    const turn = (queues.get(id) ?? Promise.resolve()).then(work, work);
    queues.set(id, turn);
    const forget = () => {
      if (queues.get(id) === turn) queues.delete(id);
    };
    turn.then(forget, forget);
    return turn;
  };

  const start = async (id: string): Promise<Hosted> => {
    const row = await containers.move(id, ['sleeping', 'failed'], 'starting');
    if (closed || row?.type !== 'hosted') throw unknown();
    try {
      const program = await runner.start(id);
      const running = { program, port: Number(new URL(program.said).port) };
      hosted.set(id, running);
      // Nobody may ever call it.
      uses.begin(id)();
      program.ended.catch((thrown: unknown) => {
        if (hosted.get(id) !== running) return;
        hosted.delete(id);
        report(thrown);
        containers.move(id, ['running'], 'failed').catch(report);
      });
      // Removed while it started: nobody would ever end it.
      if ((await containers.move(id, ['starting'], 'running')) === undefined) {
        await end(id);
        throw unknown();
      }
      return running;
    } catch (thrown) {
      await containers.move(id, ['starting'], 'failed');
      throw thrown;
    }
  };
  const end = async (id: string) => {
    const running = hosted.get(id);
    hosted.delete(id);
    await running?.program.close();
  };
  const stop = async (id: string) => {
    await containers.move(id, ['running', 'failed'], 'stopping');
    await end(id);
    await containers.move(id, ['stopping'], 'sleeping');
  };
  const uses = createUses({
    idleMs,
    onIdle: (id) =>
      void inTurn(id, async () => {
        // Whoever has come since found it awake.
        if (hosted.has(id) && uses.isIdle(id)) await stop(id);
      }).catch(report),
  });

  return {
    wake: async (id) => {
      // The quick way is only for those whose turn it would be anyway: not past one that stops.
      const running = queues.has(id) ? undefined : hosted.get(id);
      return running ?? inTurn(id, async () => hosted.get(id) ?? start(id));
    },
    running: (id) => (queues.has(id) ? undefined : hosted.get(id)),
    use: (id) => uses.begin(id),
    stop: (id) => inTurn(id, () => stop(id)),
    discard: (id) =>
      inTurn(id, async () => {
        await end(id);
        await runner.discard(id);
      }),
    async close() {
      closed = true;
      await Promise.allSettled(queues.values());
      await Promise.all([...hosted.keys()].map(end));
    },
  };
}

function unknown(): FairleadError {
  return new FairleadError('container_unknown', 'The platform hosts no such container.');
}
