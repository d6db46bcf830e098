/** Keeps the registry at what the platform says of the account's containers, and connections at what the registry says. */
import type { Container } from '../../shared/container.ts';
import { FairleadError } from '../../shared/errors.ts';
import { changesBetween } from '../containers/changes.ts';
import type { Registry } from '../containers/registry.ts';
import type { Broker } from '../credentials/broker.ts';
import type { LiveContainers } from '../platform/live-containers.ts';
import { causeName, type Logger } from '../runtime/logger.ts';
import type { ContainerEnds } from './container-ends.ts';

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

  const forget = async (container: Container, reason: FairleadError) => {
    await ends.retire(container, reason);
    // A key that the person gave for it. While the keychain cannot be asked, it stays there.
    await broker.forget({ container, configured: true });
  };
  const note = (work: Promise<void>) => {
    work.catch((thrown: unknown) =>
      logger.warn('platform.container_not_ended', { cause: causeName(thrown) }),
    );
  };

  const compare = () => {
    const all = readAll(registry);
    // A config file that is being edited: the next change brings the next look.
    if (all === undefined) return;
    const before = shown;
    const containers = [...all.values()].filter(({ platform }) => platform !== undefined);
    shown = { whose: whoseOf(live), containers };
    const { gone, changed } = changesBetween(before.containers, all);
    for (const container of gone) note(forget(container, reasonFor(container, before.whose === shown.whose)));
    for (const container of changed) note(ends.renew(container));
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

function reasonFor({ name }: Container, isSameAccount: boolean): FairleadError {
  return isSameAccount
    ? new FairleadError('container_unknown', `The container "${name}" was removed at the platform.`, {
        help: 'See `fairlead list` for those that there are.',
      })
    : new FairleadError(
        'container_unknown',
        `The container "${name}" belongs to a platform account that is not signed in any more.`,
        { help: 'Sign in to it with `fairlead login`.' },
      );
}
