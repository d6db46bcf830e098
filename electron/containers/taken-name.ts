/** What is told of a name that a container has already, the person's own or the platform account's. */
import type { Container } from '../../shared/container.ts';
import { FairleadError } from '../../shared/errors.ts';

export function nameTaken({ name, platform }: Container): FairleadError {
  const there = platform === undefined ? '' : ' at the platform';
  const command =
    platform === undefined ? `fairlead remove ${name}` : `fairlead platform rename ${name} <new>`;
  return new FairleadError('container_exists', `There already is a container named "${name}"${there}.`, {
    help: `Choose another name, or run \`${command}\` first.`,
  });
}
