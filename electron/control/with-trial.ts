/** Opens a session of the core's own with a container, lets something be done with it, and closes it. */
import type { Container } from '../../shared/container.ts';
import type { ControlDeps } from './deps.ts';
import { openTrial, type Trial } from './trial.ts';

/** The session answers within the container's own limit, which progress renews; this only ends what hangs for good. */
const spareMs = 30_000;

/**
 * @returns what `use` made, with the time it took without opening the session
 * @throws FairleadError what the session or the container failed with
 */
export async function withTrial<T extends object>(
  deps: Pick<ControlDeps, 'openLoopback' | 'version'>,
  container: Container,
  use: (trial: Trial) => Promise<T>,
): Promise<T & { durationMs: number }> {
  const timeoutMs = container.timeoutSeconds * 1000 + spareMs;
  const trial = await openTrial(deps.openLoopback(container), { version: deps.version, timeoutMs });
  try {
    const startedAt = performance.now();
    const made = await use(trial);
    return { ...made, durationMs: performance.now() - startedAt };
  } finally {
    trial.close();
  }
}
