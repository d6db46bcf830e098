/** A file of lines that is appended to in batches and cut off by size: the audit and the log are such files. */
import { Buffer } from 'node:buffer';
import { appendFile, mkdir, open, readFile, truncate, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { claim } from '../runtime/claim.ts';
import { cut, cutOff, ignoreMissing, readLastLines, tailOf } from './line-segments.ts';

export interface LineFile {
  /** Takes a record and returns at once, without touching the disk; it is written soon. */
  append(record: unknown): void;
  /** Resolves when all that was appended has been written, or could not be. */
  flush(): Promise<void>;
  /** The last records, oldest first, across the files that were cut off. Lines that are not JSON are left out. */
  readLast(count: number): Promise<unknown[]>;
}

/** Makes lines of records, where a line depends on the one before it. */
export interface LineMaker {
  /**
   * The file is opened, or another process has written to it.
   * @param last line; undefined: there is none yet
   * @param head as it was kept last
   */
  resume(last: string | undefined, head: string | undefined): void;
  line(record: unknown): string;
  /** What is kept in a file of its own, whenever lines have been written: it says what the last one was. */
  readonly head: string;
}

export interface LineFileOptions {
  /** `audit.jsonl` is cut off to `audit.1.jsonl`, and the next time to `audit.2.jsonl`. */
  readonly path: string;
  readonly maxBytes?: number;
  /** How many files that were cut off are kept. */
  readonly keep?: number;
  /** What is written in place of records that there was no room for, and of the half line of a process that was killed. */
  readonly describeLoss?: (loss: { records: number } | { tornBytes: number }) => unknown;
  readonly maker?: LineMaker;
}

/** What comes within this time is written together, so that a call does not pay for opening the file. */
const gatherMs = 250;
/** A full disk may be mended. */
const retryMs = 2_000;
/** Lines are made in slices, between which calls go on. */
const sliceRecords = 250;
/** So many are not waited with. */
const hurryRecords = 2_000;
/** A disk that hangs must not fill the memory: what comes on top of this many records is lost, and counted. */
const maxPending = 50_000;

/** Beside the file: what the last line of all is. @param path of the file that grows */
export function headFile(path: string): string {
  return path.replace(/\.\w+$/, '.head');
}

export function createLineFile(options: LineFileOptions): LineFile {
  const { path, maxBytes = 10 * 1024 * 1024, keep = 5, maker, describeLoss } = options;
  const pending: unknown[] = [];
  let lost = 0;
  let writing: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  /** Of the file, as we have left it; undefined: not known. */
  let bytes: number | undefined;

  /** Looks at the file where it is not as we have left it. To be called with the claim. */
  const prepare = async () => {
    const file = await open(path, 'a', 0o600);
    try {
      const { size, mode } = await file.stat();
      // One that others can read, from a copy or a careless umask, is closed to them again.
      if (process.platform !== 'win32' && (mode & 0o777) !== 0o600) await file.chmod(0o600);
      if (size === bytes) return;
      const tail = await tailOf(path, size);
      if (tail.torn > 0) {
        await file.truncate(tail.bytes);
        const record = describeLoss?.({ tornBytes: tail.torn });
        if (record !== undefined) pending.unshift(record);
      }
      if (maker !== undefined) {
        const head = await readFile(headFile(path), 'utf8').catch(ignoreMissing);
        maker.resume(tail.line ?? (await lastCutOff(path)), head);
      }
      bytes = tail.bytes;
    } finally {
      await file.close();
    }
  };

  const writeSlice = async (before: number) => {
    const slice = pending.slice(0, sliceRecords);
    const text = slice.map((record) => `${maker?.line(record) ?? JSON.stringify(record)}\n`).join('');
    try {
      await appendFile(path, text, { mode: 0o600 });
    } catch (thrown) {
      // A full disk may have taken some of it.
      await truncate(path, before).catch(() => undefined);
      throw thrown;
    }
    bytes = before + Buffer.byteLength(text);
    pending.splice(0, slice.length);
  };

  const drain = async () => {
    const folder = dirname(path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const release = await claim(`${path}.claim`);
    try {
      await prepare();
      while (pending.length > 0) {
        if (bytes !== undefined && bytes >= maxBytes) {
          await cut(path, keep);
          bytes = 0;
        }
        await writeSlice(bytes ?? 0);
        if (lost > 0 && describeLoss !== undefined) pending.push(describeLoss({ records: lost }));
        lost = 0;
      }
      if (maker !== undefined) await writeFile(headFile(path), maker.head, { mode: 0o600 });
    } finally {
      await release();
    }
  };

  const writeSoon = (ms: number) => (timer ??= setTimeout(() => void write(), ms));

  /** All that waits, now. Never rejects; what could not be written goes on waiting. */
  const write = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    writing ??= drain()
      .catch(() => {
        bytes = undefined;
        // A program that is done does not wait for that.
        writeSoon(retryMs).unref();
      })
      .finally(() => {
        writing = undefined;
        if (pending.length > 0) writeSoon(gatherMs);
      });
    return writing;
  };

  const flush = async () => {
    await writing;
    if (pending.length > 0) await write();
  };

  return {
    append(record) {
      if (pending.length >= maxPending) {
        lost += 1;
        return;
      }
      pending.push(record);
      if (pending.length === hurryRecords) void write();
      else if (writing === undefined) writeSoon(gatherMs);
    },
    flush,
    async readLast(count) {
      await flush();
      return readLastLines(path, count);
    },
  };
}

/** Of the file that was cut off last: the one that grows begins behind it. */
async function lastCutOff(path: string): Promise<string | undefined> {
  const last = (await cutOff(path)).at(-1);
  if (last === undefined) return undefined;
  const file = await open(last, 'r');
  try {
    const { size } = await file.stat();
    return (await tailOf(last, size)).line;
  } finally {
    await file.close();
  }
}
