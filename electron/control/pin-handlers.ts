/** What the person decides where a server's key is none of its container's pins, and how a key is pinned at first. */
import type { Container } from '../../shared/container.ts';
import type { PinReport } from '../../shared/control.ts';
import { FairleadError } from '../../shared/errors.ts';
import { subjectOf } from './audit-log.ts';
import type { ControlDeps } from './deps.ts';
import type { Handlers } from './handler-types.ts';
import { repin } from './registration.ts';

type PinHandlers = Pick<Handlers, 'pins.show' | 'pins.accept' | 'pins.keep'>;

export function createPinHandlers(
  deps: Pick<ControlDeps, 'account' | 'audit' | 'client' | 'live' | 'registry' | 'pins' | 'renew'>,
): PinHandlers {
  const { account, audit, live, registry, pins, renew } = deps;

  const report = (container: Container): PinReport => {
    const seen = pins.stoppedBy(container.name)?.seen;
    return { container, ...(seen !== undefined && { seen }) };
  };

  return {
    'pins.show': ({ name }) => report(registry.named(name)),
    async 'pins.accept'({ name }) {
      const before = registry.named(name);
      if (before.platform?.type === 'hosted') throw notItsOwn(name);
      const stop = pins.stoppedBy(name);
      if (stop !== undefined && stop.seen === undefined) throw unseen();
      // Exactly the key that was shown to the person; whatever the server holds by now has to be that.
      const print = stop?.seen ?? (await pins.keyOf(before));
      // Its settings may have been changed while the server was asked.
      const known = registry.named(name);
      if (known.url !== before.url || known.platform?.id !== before.platform?.id) throw movedAway(name);
      const replaced = (known.tls.pins ?? []).filter((pin) => pin !== print);
      const container = { ...known, tls: { ...known.tls, pins: [print] } };
      const row = known.platform && live.row(known.platform.id);
      if (row === undefined) registry.replace(container);
      else await repin(deps, { row, issuer: await account.issuer(), print });
      // A change at the platform has renewed it already.
      if (row === undefined || replaced.length === 0) await renew(container);
      audit.append({ kind: 'container', ...subjectOf(container), change: 'pinned' });
      return { container, ...(replaced.length > 0 && { replaced }) };
    },
    async 'pins.keep'({ name }) {
      const container = registry.named(name);
      if (pins.stoppedBy(name) !== undefined) await renew(container);
      return report(container);
    },
  };
}

function unseen(): FairleadError {
  return new FairleadError('pin_mismatch', 'The key of the server could not be seen.', {
    help: 'Run `fairlead doctor <name>`, and give the pin with `fairlead add … --pin`.',
  });
}

function movedAway(name: string): FairleadError {
  return new FairleadError('usage', `The container "${name}" is another one by now.`, {
    help: 'See `fairlead list`, and try again.',
  });
}

function notItsOwn(name: string): FairleadError {
  return new FairleadError(
    'usage',
    `The container "${name}" is reached through the platform, which shows its own key.`,
    {
      help: 'Pins are for servers of your own.',
    },
  );
}
