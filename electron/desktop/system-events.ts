/** What happens to the machine and matters to connections, told to the core before the next call finds out. */
import { networkInterfaces } from 'node:os';
import { powerMonitor } from 'electron';
import type { CommandInput } from '../../shared/control.ts';
import type { Scope } from '../runtime/scope.ts';
import type { CoreLink } from './core-link.ts';

type Reason = CommandInput<'core.reconnect'>['reason'];

/** After a sleep several things happen at once, and the network is there a moment later. */
const settleMs = 1_000;
/** Nobody tells a program of a new network: it has to look. */
const lookMs = 10_000;

export function tellCore(core: Pick<CoreLink, 'call'>, scope: Scope): void {
  let due: NodeJS.Timeout | undefined;
  const tell = (reason: Reason) => {
    clearTimeout(due);
    due = setTimeout(() => {
      // A core that is not there opens its connections anew in any case.
      core.call('core.reconnect', { reason }).catch(() => undefined);
    }, settleMs);
  };
  powerMonitor.on('resume', () => tell('resume'));
  powerMonitor.on('unlock-screen', () => tell('unlock'));

  let known = addresses();
  const look = setInterval(() => {
    const now = addresses();
    if (now === known) return;
    known = now;
    tell('network');
  }, lookMs);
  scope.defer(() => {
    clearTimeout(due);
    clearInterval(look);
  });
}

function addresses(): string {
  return Object.values(networkInterfaces())
    .flatMap((each) => each ?? [])
    .filter(({ internal }) => !internal)
    .map(({ address }) => address)
    .sort()
    .join();
}
