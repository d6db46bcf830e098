/** Which file a client's config path stands for: through links, but never out of the person's home. */
import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import { FairleadError } from '../../shared/errors.ts';

/**
 * @param path absolute; neither the file nor its folder need be there
 * @param home the person's home directory
 * @returns the path of a file that is no link
 * @throws FairleadError client_config_unwritable
 */
export async function configTarget(path: string, home: string): Promise<string> {
  const target = await realpathOfAny(path);
  const realHome = await realpath(home).catch(() => home);
  const throughNoLink = isInside(home, path) ? join(realHome, relative(home, path)) : path;
  if (target === throughNoLink || isInside(realHome, target)) return target;
  // A link is a way to have Fairlead write where its person did not look.
  throw new FairleadError('client_config_unwritable', `${path} is a link out of your home directory.`, {
    help: 'Fairlead writes through links only inside of it. Edit that file by hand (`fairlead list --config <name>` prints the entry).',
  });
}

async function realpathOfAny(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path)
      throw unreadable(path, thrown);
  }
  const own = await lstat(path).catch(() => undefined);
  if (own?.isSymbolicLink() === true) {
    throw new FairleadError('client_config_unwritable', `${path} is a link to a file that is not there.`, {
      help: 'Remove the link, or make the file that it leads to.',
    });
  }
  return join(await realpathOfAny(dirname(path)), basename(path));
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && !isAbsolute(way) && !/^\.\.([\\/]|$)/.test(way);
}

function unreadable(path: string, cause: unknown): FairleadError {
  return new FairleadError('client_config_unwritable', `Could not read ${path}.`, {
    help: 'Check that it is yours to read.',
    cause,
  });
}
