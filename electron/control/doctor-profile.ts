/** The doctor's look at the profile: whether the core can write there what it has to. */
import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { FairleadError } from '../../shared/errors.ts';

/** Less is as good as nothing: the audit alone takes 8 MiB at a time. */
const leastBytes = 32 * 1024 * 1024;

/** Throws what keeps the core from writing to its profile. @param home its folder */
export async function checkProfile(home: string): Promise<void> {
  try {
    await access(home, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (cause) {
    throw new FairleadError('profile_unsafe', 'Fairlead cannot write to its own folder.', {
      help: `Give yourself read and write access to ${home}, or name another folder in FAIRLEAD_HOME.`,
      cause,
    });
  }
  const { bavail, bsize } = await statfs(home);
  if (bavail * bsize >= leastBytes) return;
  const leftMiB = Math.floor((bavail * bsize) / (1024 * 1024));
  throw new FairleadError('profile_unsafe', `The disk that Fairlead writes to has ${leftMiB} MiB left.`, {
    help: `Make room: until then no container can be added, and the log and the audit wait (${home}).`,
  });
}
