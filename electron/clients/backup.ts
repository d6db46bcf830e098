/** What a client's config was before Fairlead changed it last: one file per client in the profile. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { FairleadError } from '../../shared/errors.ts';
import { prepareFile, readState, removeFile, type FileState, type PreparedFile } from './write-file.ts';

/** The first line of the file; the very bytes follow it. */
const head = z.object({
  /** Of the config, as the client names it. */
  path: z.string(),
  /** Whether there was one. */
  existed: z.boolean(),
  /** sha256 of what Fairlead wrote. */
  wrote: z.string(),
});

export interface Backup {
  readonly path: string;
  /** undefined: there was no file. */
  readonly bytes: Buffer | undefined;
  readonly wrote: string;
}

export interface PreparedBackup extends PreparedFile {
  /** After a commit whose change came to nothing: the backup is the one before, or none, again. At once, as `commit`. */
  revert(): void;
}

export interface BackupFile {
  /** Written, but in its place only by `commit`. Throws client_config_unwritable. */
  prepare(path: string, change: { was: FileState | undefined; bytes: Uint8Array }): Promise<PreparedBackup>;
  /** undefined: nothing was changed yet, or it was undone. Throws client_config_unwritable. */
  read(): Promise<Backup | undefined>;
  /** Throws client_config_unwritable. */
  remove(): void;
}

/** @param folder of the profile, for backups; it is made for this user alone when it is not there */
export function createBackupFile(folder: string, client: string): BackupFile {
  const file = join(folder, client);
  return {
    async prepare(path, { was, bytes }) {
      const line = JSON.stringify({ path, existed: was !== undefined, wrote: sha256(bytes) });
      const whole = Buffer.concat([Buffer.from(`${line}\n`), was?.bytes ?? Buffer.alloc(0)]);
      const present = await readState(file);
      const next = await prepareFile(file, whole, 'anything');
      try {
        const before = present && (await prepareFile(file, present.bytes, 'anything'));
        return {
          commit: () => next.commit(),
          revert: () => (before === undefined ? removeFile(file) : before.commit()),
          async discard() {
            await next.discard();
            await before?.discard();
          },
        };
      } catch (thrown) {
        await next.discard();
        throw thrown;
      }
    },
    async read() {
      const state = await readState(file);
      if (state === undefined) return undefined;
      const end = state.bytes.indexOf('\n');
      const { path, existed, wrote } = parseHead(file, state.bytes.subarray(0, Math.max(end, 0)).toString());
      return { path, wrote, bytes: existed ? state.bytes.subarray(end + 1) : undefined };
    },
    remove: () => removeFile(file),
  };
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function parseHead(file: string, line: string): z.output<typeof head> {
  try {
    return head.parse(JSON.parse(line));
  } catch (cause) {
    throw new FairleadError('client_config_unwritable', `${file} is not a backup that Fairlead made.`, {
      help: 'Move it away. What it holds after its first line may be the config as it was.',
      cause,
    });
  }
}
