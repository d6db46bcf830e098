/** Changes another program's config file, with what it was kept for an undo, while that program may change it too. */
import { FairleadError } from '../../shared/errors.ts';
import { delay } from '../runtime/clock.ts';
import { createBackupFile, sha256, type PreparedBackup } from './backup.ts';
import type { Edit } from './edit/editor.ts';
import { configTarget } from './target.ts';
import {
  claimFile,
  isStill,
  prepareFile,
  readState,
  removeFile,
  syncFolder,
  type FileState,
  type PreparedFile,
} from './write-file.ts';

export interface ClientConfig {
  /** The text, '' where there is no file. Throws client_config_invalid, client_config_unwritable. */
  read(): Promise<string>;
  /**
   * Changes it as `edit` says, anew whenever another program was faster.
   * @param edit may throw, which leaves the file as it is
   * @throws FairleadError client_config_invalid, client_config_unwritable, client_config_changed
   */
  change(edit: (text: string) => Edit, how: { dryRun: boolean }): Promise<TextChange | undefined>;
  /**
   * Puts back what was there before the last change, to the byte.
   * @param how.force even if the file was changed since
   * @returns undefined: it is as it was
   * @throws FairleadError nothing_to_undo, client_config_changed, client_config_unwritable
   */
  undo(how: { force: boolean; dryRun: boolean }): Promise<TextChange | undefined>;
  /** Deletes what `undo` would put back. Idempotent. Throws client_config_unwritable. */
  forget(): Promise<void>;
}

export interface TextChange {
  readonly before: string;
  readonly after: string;
}

/** @param options.client names the backup @param options.home see configTarget */
export interface ClientConfigOptions {
  readonly client: string;
  readonly path: string;
  readonly home: string;
  readonly backups: string;
}

/** A program that writes its config without a pause is not waited for. */
const attempts = 10;
const pauseMs = 20;

export function createClientConfig({ client, path, home, backups }: ClientConfigOptions): ClientConfig {
  const backup = createBackupFile(backups, client);

  /** Tries again on what is there now, until nobody was faster. Fairleads take turns; no other program knows of that. */
  const settle = async <T>(
    { dryRun }: { dryRun: boolean },
    attempt: (target: string, was: FileState | undefined) => Promise<T | 'again'>,
  ) => {
    for (let count = 0; count < attempts; count += 1) {
      const target = await configTarget(path, home);
      const release = dryRun ? undefined : await claimFile(target);
      try {
        const outcome = await attempt(target, await readState(target));
        if (outcome !== 'again') return outcome;
      } finally {
        await release?.();
      }
      await delay(pauseMs * count);
    }
    throw new FairleadError('client_config_changed', `${path} keeps being changed by another program.`, {
      help: 'Close the program that it belongs to, and try again.',
    });
  };

  return {
    async read() {
      return textOf(path, await readState(await configTarget(path, home)));
    },

    change: (edit, { dryRun }) =>
      settle({ dryRun }, async (target, was) => {
        const before = textOf(path, was);
        const edited = edit(before);
        if (edited.outcome === 'unchanged') return undefined;
        if (edited.outcome === 'refused') throw invalid(path, edited.problem);
        const change = { before, after: edited.text };
        if (dryRun) return change;
        const bytes = Buffer.from(edited.text);
        const kept = await backup.prepare(path, { was, bytes });
        return (await committed({ target, was, bytes, kept })) ? change : 'again';
      }),

    async forget() {
      const kept = await backup.read();
      if (kept?.path === path) backup.remove();
    },

    async undo({ force, dryRun }) {
      const kept = await backup.read();
      if (kept === undefined || kept.path !== path) throw nothingToUndo(path);
      return settle({ dryRun }, async (target, was) => {
        const change = { before: textOf(path, was), after: kept.bytes?.toString() ?? '' };
        const isOurs = was !== undefined && sha256(was.bytes) === kept.wrote;
        const isBack = was === undefined ? kept.bytes === undefined : kept.bytes?.equals(was.bytes) === true;
        if (isBack) {
          if (!dryRun) backup.remove();
          return undefined;
        }
        if (!isOurs && !force) throw changedSince(path);
        if (dryRun) return change;
        if (!(await committed({ target, was, bytes: kept.bytes }))) return 'again';
        backup.remove();
        return change;
      });
    },
  };
}

interface Commit {
  readonly target: string;
  readonly was: FileState | undefined;
  /** Of the target from now on; undefined: it is to be gone. */
  readonly bytes: Buffer | undefined;
  /** The backup that goes with the change. */
  readonly kept?: PreparedBackup;
}

/** Puts the files in their places, both at once or none. @returns false: the target is not what it was any more */
async function committed({ target, was, bytes, kept }: Commit): Promise<boolean> {
  let file: PreparedFile | undefined;
  try {
    file = bytes && (await prepareFile(target, bytes, was ?? 'nothing'));
    if (!isStill(target, was)) return false;
    kept?.commit();
    try {
      if (file === undefined) removeFile(target);
      else file.commit();
    } catch (thrown) {
      kept?.revert();
      throw thrown;
    }
  } finally {
    await file?.discard();
    await kept?.discard();
  }
  await syncFolder(target);
  return true;
}

/** With its byte order mark. */
function textOf(path: string, state: FileState | undefined): string {
  if (state === undefined) return '';
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(state.bytes);
  } catch (cause) {
    throw invalid(path, 'is not UTF-8 text.', cause);
  }
}

function invalid(path: string, problem: string, cause?: unknown): FairleadError {
  return new FairleadError('client_config_invalid', `${path} ${problem}`, {
    help: 'Mend it by hand, and try again. Fairlead has not changed it.',
    cause,
  });
}

function changedSince(path: string): FairleadError {
  return new FairleadError('client_config_changed', `${path} was changed after Fairlead wrote it.`, {
    help: 'Take the entry out with `fairlead disconnect`, or undo with --force, which loses those changes.',
  });
}

function nothingToUndo(path: string): FairleadError {
  return new FairleadError('nothing_to_undo', `Fairlead has no change of ${path} to undo.`, {
    help: "It keeps the last change of each program's config until that is undone.",
  });
}
