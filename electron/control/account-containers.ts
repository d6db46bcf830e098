/** The account's containers as a command means them: by their name here or at the platform, and as the platform has them now. */
import { FairleadError } from '../../shared/errors.ts';
import type { ContainerRow } from '../../shared/platform-api.ts';
import type { AccountContainer } from '../../shared/platform-control.ts';
import { nameTaken } from '../containers/taken-name.ts';
import type { ControlDeps } from './deps.ts';

export interface AccountContainers {
  /** The platform that is signed in to, once its containers are known or cannot be had. Throws sign_in_needed. */
  issuer(signal: AbortSignal): Promise<string>;
  /** Throws container_unknown, and usage for one that the person added themselves. */
  named(name: string): ContainerRow;
  described(row: ContainerRow): AccountContainer;
  all(): AccountContainer[];
  /** Throws container_exists where a container here has that name, but for `except`. */
  refuseTaken(name: string, except?: string): void;
}

/** A core that has only just started may not have them yet. */
const firstListMs = 5_000;

export function createAccountContainers({
  account,
  live,
  registry,
}: Pick<ControlDeps, 'account' | 'live' | 'registry'>): AccountContainers {
  const rows = () => live.current?.rows ?? [];
  const described = (row: ContainerRow): AccountContainer => {
    const name = registry.list().find(({ platform }) => platform?.id === row.id)?.name;
    return { row, ...(name !== undefined && { name }) };
  };
  return {
    async issuer(signal) {
      const issuer = await account.issuer();
      await live.settled(firstListMs, signal);
      return issuer;
    },
    named(name) {
      const here = registry.get(name);
      const row = (here?.platform && live.row(here.platform.id)) ?? rows().find((each) => each.name === name);
      if (row !== undefined) return row;
      if (here !== undefined) throw addedByHand(name);
      throw new FairleadError(
        'container_unknown',
        `Your platform account has no container named "${name}".`,
        {
          help: 'See `fairlead platform list`.',
        },
      );
    },
    described,
    all: () => rows().map(described),
    refuseTaken(name, except) {
      const other = registry.get(name);
      if (other !== undefined && (except === undefined || other.platform?.id !== except))
        throw nameTaken(other);
    },
  };
}

function addedByHand(name: string): FairleadError {
  return new FairleadError(
    'usage',
    `The container "${name}" is not your platform account's: you added it yourself.`,
    {
      help: 'See `fairlead platform list` for those of the account.',
    },
  );
}
