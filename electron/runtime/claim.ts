/** One process at a time: a folder is made by exactly one, and who has made it does what nobody else may do meanwhile. */
import { randomBytes } from 'node:crypto';
import { renameSync, statSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { delay } from './clock.ts';

/** For this long a claim holds whose process lives. What claims are for takes milliseconds, on a disk that is not overloaded. */
const aliveMs = 30_000;
/** And one of which nobody can tell: on another machine, or killed before it had said who it is. */
const unknownMs = 5_000;

/** In the folder: whose it is. */
interface Holder {
  readonly pid: number;
  readonly host: string;
}

/**
 * Waits until nobody else has it; a process that has died does not have it any more.
 * @param folder made for the time of the claim; the one that it lies in exists
 * @returns gives it up
 * @throws what making a folder throws, in a place where that cannot be done
 */
export async function claim(folder: string): Promise<() => Promise<void>> {
  for (;;) {
    try {
      await mkdir(folder, { mode: 0o700 });
      await sayWhose(folder);
      const own = stamp(folder)?.id;
      return async () => {
        if (stamp(folder)?.id === own) await rm(folder, { force: true, recursive: true });
      };
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    }
    const made = stamp(folder);
    const isOver = made !== undefined && Date.now() - made.ms > (await holdsMs(folder));
    if (isOver) await breakClaim(folder, made.id);
    await delay(20);
  }
}

/** On a full disk it is nobody's in particular, and holds all the same. */
async function sayWhose(folder: string): Promise<void> {
  const holder: Holder = { pid: process.pid, host: hostname() };
  await writeFile(join(folder, 'holder'), JSON.stringify(holder), { mode: 0o600 }).catch(() => undefined);
}

/** Which of the folders of this name it is, as nothing changes in it once it is said whose it is; and since when. */
function stamp(folder: string): { id: string; ms: number } | undefined {
  const stat = statSync(folder, { bigint: true, throwIfNoEntry: false });
  return stat && { id: `${stat.ino}:${stat.mtimeNs}`, ms: Number(stat.mtimeMs) };
}

async function holdsMs(folder: string): Promise<number> {
  try {
    const { pid, host } = JSON.parse(await readFile(join(folder, 'holder'), 'utf8')) as Holder;
    if (host !== hostname()) return unknownMs;
    process.kill(pid, 0);
    return aliveMs;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'ESRCH' ? -Infinity : unknownMs;
  }
}

/** @param id of the claim that is to be broken, and no other that has come in its place */
async function breakClaim(folder: string, id: string): Promise<void> {
  const aside = `${folder}.${randomBytes(4).toString('hex')}`;
  try {
    if (stamp(folder)?.id !== id) return;
    renameSync(folder, aside);
    // Somebody else was faster by a hair, and this is the new one's: back with it.
    if (stamp(aside)?.id === id) await rm(aside, { recursive: true });
    else await rename(aside, folder);
  } catch {
    // Somebody else has broken it.
  }
}
