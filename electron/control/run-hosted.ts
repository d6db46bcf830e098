/** Starts and stops hosted containers, and waits until the platform says that it has happened. */
import { FairleadError } from '../../shared/errors.ts';
import type { ContainerRow, ContainerStatus } from '../../shared/platform-api.ts';
import type { ControlDeps } from './deps.ts';

type Deed = 'start' | 'stop';

const wanted: Record<Deed, ContainerStatus> = { start: 'running', stop: 'sleeping' };
const under: Record<Deed, ContainerStatus> = { start: 'starting', stop: 'stopping' };
const mostMs = 60_000;

/**
 * @returns the row as it is then
 * @throws FairleadError usage for an external one, remote_error where it fails, timed_out, and what the platform refuses;
 * the signal's reason
 */
export async function runHosted(
  { client, live }: Pick<ControlDeps, 'client' | 'live'>,
  deed: Deed,
  { issuer, row, signal }: { issuer: string; row: ContainerRow; signal: AbortSignal },
): Promise<ContainerRow> {
  const { id, name, type } = row;
  if (type !== 'hosted') throw notHosted(row);
  const told = await client[deed](issuer, id, signal);
  if (told.status === wanted[deed]) return told;
  live.hurry();
  const before = live.row(id);
  // It may have failed the last time, and say so until it is begun anew.
  let isUnderWay = told.status === under[deed];
  const late = AbortSignal.timeout(mostMs);
  const either = AbortSignal.any([late, signal]);

  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      stopWatching();
      either.removeEventListener('abort', onAbort);
      settle();
    };
    const onAbort = () => end(() => reject(late.aborted ? tooSlow(deed, name) : (signal.reason as Error)));
    const look = () => {
      const now = live.row(id);
      if (now === undefined) end(() => reject(gone(name)));
      else if (now.status === wanted[deed] && now !== before) end(() => resolve(now));
      else if (now.status === 'failed' && isUnderWay) end(() => reject(failed(deed, name)));
      isUnderWay ||= now?.status === under[deed];
    };
    const stopWatching = live.onChange(look);
    either.addEventListener('abort', onAbort, { once: true });
    if (either.aborted) onAbort();
  });
}

function notHosted({ name }: ContainerRow): FairleadError {
  return new FairleadError('usage', `The container "${name}" runs on a server of yours.`, {
    help: 'Only containers that the platform hosts are started and stopped there.',
  });
}

function failed(deed: Deed, name: string): FairleadError {
  return new FairleadError('remote_error', `The platform could not ${deed} the container "${name}".`, {
    help: 'Try again. If it happens every time, ask whoever runs the platform.',
  });
}

function tooSlow(deed: Deed, name: string): FairleadError {
  const seconds = mostMs / 1_000;
  return new FairleadError(
    'timed_out',
    `The platform was asked to ${deed} the container "${name}", but has not said within ${seconds} s that it did.`,
    {
      help: 'See `fairlead platform list` for how it stands.',
    },
  );
}

function gone(name: string): FairleadError {
  return new FairleadError('container_unknown', `The container "${name}" was removed at the platform.`);
}
