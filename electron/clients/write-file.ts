/** Reads and writes a file whole: whoever looks, or crashes, at any moment finds the old bytes or the new ones. */
import { randomBytes } from 'node:crypto';
import { constants, linkSync, readFileSync, renameSync, unlinkSync } from 'node:fs';
import { lstat, mkdir, open, readdir, rm, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FairleadError } from '../../shared/errors.ts';
import { claim } from '../runtime/claim.ts';

export interface FileState {
  readonly bytes: Buffer;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** New bytes that lie beside the file they are for, on the disk already. */
export interface PreparedFile {
  /** Puts them in its place; in one step, and without waiting, so that nothing comes between it and a look before. */
  commit(): void;
  /** Takes them away, if they are still there. */
  discard(): Promise<void>;
}

/** Configs of programs are much smaller; something larger is no config. */
const maxBytes = 64 * 1024 * 1024;

/** No write takes so long. */
const leftOverMs = 60_000;

/** @returns undefined: there is none. @throws FairleadError client_config_unwritable */
export async function readState(path: string): Promise<FileState | undefined> {
  let file: FileHandle | undefined;
  try {
    // A pipe of this name would hold the reader for ever.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await file.stat();
    if (!stat.isFile() || stat.size > maxBytes) {
      throw new FairleadError('client_config_unwritable', `${path} is not a file that could be a config.`, {
        help: 'Look at what is there. Fairlead has not changed it.',
      });
    }
    return { bytes: await file.readFile(), mode: stat.mode & 0o7777, uid: stat.uid, gid: stat.gid };
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unwritable(path, thrown);
  } finally {
    await file?.close();
  }
}

/**
 * Waits for other Fairleads, of other profiles too, that are at work on the file.
 * @returns gives it up; undefined: nothing can be made beside it, which a write will say in words
 */
export async function claimFile(path: string): Promise<(() => Promise<void>) | undefined> {
  return claim(join(dirname(path), `${ownStart(path)}claim`)).catch(() => undefined);
}

/** Whether the file is still what it was. At once: see PreparedFile.commit. */
export function isStill(path: string, was: FileState | undefined): boolean {
  try {
    const now = readFileSync(path);
    return was?.bytes.equals(now) === true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw unwritable(path, thrown);
    return was === undefined;
  }
}

/**
 * Writes bytes for a file to the disk, beside it.
 * @param over what is there now: mode and owner are kept; `nothing`: and nothing will be written over; `anything`: a file of
 *   ours, for this user alone, whatever is there
 * @throws FairleadError client_config_unwritable
 */
export async function prepareFile(
  path: string,
  bytes: Uint8Array,
  over: FileState | 'nothing' | 'anything',
): Promise<PreparedFile> {
  const like = typeof over === 'string' ? undefined : over;
  // A rename would replace it all the same; whoever made it read-only meant it.
  if (like !== undefined && (like.mode & 0o222) === 0) throw unwritable(path, { code: 'EACCES' });
  const folder = dirname(path);
  const temporary = join(folder, `${ownStart(path)}${randomBytes(6).toString('hex')}`);
  const discard = () => rm(temporary, { force: true });
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await removeLeftOvers(path);
    await writeWhole(temporary, bytes, like);
  } catch (thrown) {
    await discard().catch(() => undefined);
    throw unwritable(path, thrown);
  }
  return {
    commit() {
      try {
        if (over === 'nothing') putNew(temporary, path);
        else renameSync(temporary, path);
      } catch (thrown) {
        throw unwritable(path, thrown);
      }
    },
    discard,
  };
}

/** @throws FairleadError client_config_unwritable */
export function removeFile(path: string): void {
  try {
    unlinkSync(path);
  } catch (thrown) {
    throw unwritable(path, thrown);
  }
}

/** After a rename, so that it is there after a power cut as well. Windows has nothing of the kind for folders. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path)).catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

async function writeWhole(path: string, bytes: Uint8Array, like: FileState | undefined): Promise<void> {
  // It may hold other servers' keys, so nobody else may read it until it has its owner.
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    if (like !== undefined && process.platform !== 'win32') {
      const { uid, gid } = await file.stat();
      if (uid !== like.uid || gid !== like.gid) await file.chown(like.uid, like.gid);
      await file.chmod(like.mode);
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A link fails where a file has come in the meantime; a rename would write over it. Some disks know no links. */
function putNew(temporary: string, path: string): void {
  try {
    linkSync(temporary, path);
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code ?? '';
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'].includes(code)) throw thrown;
    renameSync(temporary, path);
  }
}

/** What the names of all that lies beside a file for a moment begin with. */
function ownStart(path: string): string {
  return `.${basename(path)}.fairlead-`;
}

/** What a Fairlead that was killed while it wrote has left. A younger one may still be at work. */
async function removeLeftOvers(path: string): Promise<void> {
  const start = ownStart(path);
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(start)) continue;
    const file = join(dirname(path), name);
    const age = Date.now() - ((await lstat(file).catch(() => undefined))?.mtimeMs ?? Date.now());
    if (age > leftOverMs) await rm(file, { force: true, recursive: true });
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'it is read-only, or not yours to write',
  EPERM: 'it is read-only, or not yours to write',
  EROFS: 'its disk is read-only',
  ENOSPC: 'its disk is full',
  EDQUOT: 'its disk is full',
  EFBIG: 'its disk is full',
  EBUSY: 'another program holds it',
  EEXIST: 'another program has just made it',
};

function unwritable(path: string, thrown: unknown): FairleadError {
  if (thrown instanceof FairleadError) return thrown;
  const reason = reasons[(thrown as NodeJS.ErrnoException).code ?? ''];
  const because = reason === undefined ? '' : `: ${reason}`;
  return new FairleadError('client_config_unwritable', `Could not write ${path}${because}.`, {
    help: 'Nothing was changed. Mend that, and try again.',
    cause: thrown,
  });
}
