/** The place where programs of one user meet the core: checked before use, because a stranger may have been there. */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { FairleadError } from '../../shared/errors.ts';
import type { ProfilePaths } from '../runtime/paths.ts';

const isWindows = process.platform === 'win32';
/** `sun_path` holds 104 bytes on macOS and 108 on Linux, the closing NUL among them. */
const maxSocketPathBytes = 103;

/**
 * Makes the profile's folders where they are missing, and refuses ones that others could have written to.
 * @throws FairleadError profile_unsafe
 */
export function prepareProfile(paths: ProfilePaths): void {
  try {
    mkdirSync(paths.home, { recursive: true, mode: 0o700 });
    mkdirSync(paths.run, { recursive: true, mode: 0o700 });
  } catch (thrown) {
    throw new FairleadError('profile_unsafe', `Fairlead's folder ${paths.home} cannot be made or used.`, {
      help: 'Check its permissions, or set FAIRLEAD_HOME to a folder of your own.',
      cause: thrown,
    });
  }
  if (isWindows) return;
  const home = statSync(paths.home);
  if (!isOurs(home) || (home.mode & 0o022) !== 0) throw unsafe(paths.home, 'chmod 700');
  if ((home.mode & 0o077) !== 0) chmodSync(paths.home, 0o700);
  const run = lstatSync(paths.run);
  if (!run.isDirectory() || !isOurs(run) || (run.mode & 0o077) !== 0) throw unsafe(paths.run, 'chmod 700');
}

/**
 * The secret that both sides of a local connection prove to know; made by whoever comes first.
 * @throws FairleadError profile_unsafe
 */
export function localKey(paths: ProfilePaths): Buffer {
  const existing = readKey(paths);
  if (existing !== undefined) return existing;
  const draft = `${paths.key}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' });
  try {
    // A link is made whole or not at all: of twenty programs at once, one key wins and nobody reads half of it.
    linkSync(draft, paths.key);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
  } finally {
    rmSync(draft, { force: true });
  }
  const key = readKey(paths);
  if (key === undefined) throw unsafe(paths.key, 'rm');
  return key;
}

function readKey(paths: ProfilePaths): Buffer | undefined {
  let stats: Stats;
  try {
    stats = lstatSync(paths.key);
  } catch {
    return undefined;
  }
  if (!isWindows && (!stats.isFile() || !isOurs(stats) || (stats.mode & 0o077) !== 0))
    throw unsafe(paths.key, 'rm');
  const key = Buffer.from(readFileSync(paths.key, 'utf8').trim(), 'base64url');
  if (key.length !== 32) throw unsafe(paths.key, 'rm');
  return key;
}

function isOurs(stats: Stats): boolean {
  return stats.uid === process.getuid?.();
}

function unsafe(path: string, mend: string): FairleadError {
  return new FairleadError('profile_unsafe', `${path} is not private to you, so Fairlead does not use it.`, {
    help: `Look who made it; if it is yours, run: ${mend} '${path}'`,
  });
}

/** On Windows, the file that holds the name of the running core's pipe. */
export const pipeNameFile = (paths: ProfilePaths): string => join(paths.run, 'pipe');

/**
 * Where a core of this profile listens. Both sides put it into their proofs, so that a proof made for one
 * address is worth nothing at another.
 * @returns undefined when on Windows no core has left a name
 * @throws FairleadError profile_unsafe when the path is longer than a socket's name can be
 */
export function coreAddress(paths: ProfilePaths): string | undefined {
  if (isWindows) {
    try {
      return readFileSync(pipeNameFile(paths), 'utf8').trim();
    } catch {
      return undefined;
    }
  }
  const address = join(realpathSync(paths.run), 'core.sock');
  if (Buffer.byteLength(address) > maxSocketPathBytes) {
    throw new FairleadError('profile_unsafe', `The path ${address} is too long for a socket.`, {
      help: 'Set FAIRLEAD_HOME to a folder with a shorter path.',
    });
  }
  return address;
}
