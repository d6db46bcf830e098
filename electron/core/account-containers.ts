/** Keeps the registry at what the platform says of the account's containers, and connections at what the registry says. */
import type { Container } from '../../shared/container.ts';
import { FairleadError } from '../../shared/errors.ts';
import type { Registry } from '../containers/registry.ts';
import type { Broker } from '../credentials/broker.ts';
import type { LiveContainers } from '../platform/live-containers.ts';
import { causeName, type Logger } from '../runtime/logger.ts';
import type { ContainerEnds } from './container-ends.ts';

/** Of a container that there was: the account has it still, under whichever name, or not, or is another one. */
type Whereabouts = 'there' | 'removed' | 'signed_out';

/** @returns the function that ends it */
export function followAccount(deps: {
  live: Pick<LiveContainers, 'current' | 'onChange'>;
  registry: Registry;
  broker: Pick<Broker, 'forget'>;
  logger: Logger;
  ends: ContainerEnds;
}): () => void {
  const { live, registry, broker, logger, ends } = deps;
  let shown: { readonly whose: string | undefined; readonly containers: readonly Container[] } = {
    whose: undefined,
    containers: [],
  };

  /** Clients come back by what its name means now, or are told why it means nothing. A key of its own goes with it. */
  const end = async (container: Container, now: Container | undefined, whereabouts: Whereabouts) => {
    if (now === undefined) await ends.retire(container, reasonFor(container, whereabouts));
    else if (JSON.stringify(now) !== JSON.stringify(container)) await ends.renew(now);
    // While the keychain cannot be asked, it stays there.
    if (whereabouts !== 'there') await broker.forget({ container, configured: true });
  };

  const compare = () => {
    const all = readAll(registry);
    // A config file that is being edited: the next change brings the next look.
    if (all === undefined) return;
    const before = shown;
    const containers = [...all.values()].filter(({ platform }) => platform !== undefined);
    shown = { whose: whoseOf(live), containers };
    const ids = new Set(live.current?.rows.map(({ id }) => id));
    const whereaboutsOf = ({ platform }: Container): Whereabouts => {
      if (before.whose !== shown.whose) return 'signed_out';
      return platform !== undefined && ids.has(platform.id) ? 'there' : 'removed';
    };
    for (const container of before.containers) {
      end(container, all.get(container.name), whereaboutsOf(container)).catch((thrown: unknown) =>
        logger.warn('platform.container_not_ended', { cause: causeName(thrown) }),
      );
    }
  };
  let leftOut = 0;
  const show = () => {
    const { current } = live;
    registry.showPlatform(current);
    const count = (current?.rows.length ?? 0) - shown.containers.length;
    if (count > 0 && count !== leftOut) logger.warn('platform.containers_left_out', { count });
    leftOut = count;
  };

  const endings = [registry.onChange(compare), live.onChange(show)];
  show();
  return () => endings.forEach((end) => end());
}

function whoseOf({ current }: Pick<LiveContainers, 'current'>): string | undefined {
  return current && `${current.userId} ${current.issuer}`;
}

function readAll(registry: Registry): ReadonlyMap<string, Container> | undefined {
  try {
    return new Map(registry.list().map((container) => [container.name, container]));
  } catch {
    return undefined;
  }
}

function reasonFor({ name }: Container, whereabouts: Whereabouts): FairleadError {
  switch (whereabouts) {
    case 'there':
      return new FairleadError('container_unknown', `The container "${name}" has another name now.`, {
        help: 'See `fairlead list`, and put the new one into your client.',
      });
    case 'removed':
      return new FairleadError('container_unknown', `The container "${name}" was removed at the platform.`, {
        help: 'See `fairlead list` for those that there are.',
      });
    case 'signed_out':
      return new FairleadError(
        'container_unknown',
        `The container "${name}" belongs to a platform account that is not signed in any more.`,
        { help: 'Sign in to it with `fairlead login`.' },
      );
  }
}
