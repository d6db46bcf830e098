/** What a client is to start for a container, where a command prints it or puts it into a link or a bundle. */
import type { Container } from '../../shared/container.ts';
import { FairleadError } from '../../shared/errors.ts';
import { endpointEntry } from '../clients/endpoint-entry.ts';
import type { EndpointEntry } from '../clients/known/known-client.ts';
import type { CommandContext } from './context.ts';
import { plainLine } from './plain-text.ts';

/**
 * @param all the containers that there are
 * @throws FairleadError container_unknown
 */
export function entryFor(
  { programFolder, paths }: Pick<CommandContext, 'programFolder' | 'paths'>,
  all: readonly Container[],
  name: string,
): EndpointEntry {
  if (!all.some((container) => container.name === name)) {
    throw new FairleadError('container_unknown', `There is no container named "${plainLine(name, 64)}".`, {
      help: 'See `fairlead list`, or add it with `fairlead add <name> <url>`.',
    });
  }
  return endpointEntry({ programFolder, home: paths.home }, name);
}
