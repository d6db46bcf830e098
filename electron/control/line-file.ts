/** A file of JSON lines that is appended to in batches and cut off by size: the audit and the log are such files. */
import { Buffer } from 'node:buffer';
import { appendFile, mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { delay } from '../runtime/clock.ts';

export interface LineFile {
  /** Takes a record and returns at once; it is written soon. */
  append(record: unknown): void;
  /** Resolves when all that was appended has been written, or could not be. */
  flush(): Promise<void>;
  /** The last records, oldest first, across the files that were cut off. Lines that are not JSON are left out. */
  readLast(count: number): Promise<unknown[]>;
}

export interface LineFileOptions {
  /** Ends in `.jsonl` or another suffix; `audit.jsonl` is cut off to `audit.1.jsonl`, and that to `audit.2.jsonl`. */
  readonly path: string;
  readonly maxBytes?: number;
  /** How many files that were cut off are kept. */
  readonly keep?: number;
  /** Told of each batch that could not be written; its records are lost. */
  readonly onError?: (thrown: unknown, lost: number) => void;
}

/** What comes within this time is written together, so that a call does not pay for opening the file. */
const gatherMs = 250;
/** A disk that hangs must not fill the memory: what comes on top of this many records is lost. */
const maxPending = 20_000;

export function createLineFile(options: LineFileOptions): LineFile {
  const { path, maxBytes = 10 * 1024 * 1024, keep = 5, onError = () => undefined } = options;
  let pending: string[] = [];
  let lost = 0;
  let writing: Promise<void> | undefined;
  let bytes: number | undefined;

  const rotate = async () => {
    for (let number = keep - 1; number >= 0; number -= 1) {
      await rename(numbered(path, number), numbered(path, number + 1)).catch(ignoreMissing);
    }
    bytes = 0;
  };

  const prepare = async () => {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    // A file that others can read, from a copy or a careless umask, is closed to them again.
    const file = await open(path, 'a', 0o600);
    try {
      if (process.platform !== 'win32') await file.chmod(0o600);
      bytes = (await file.stat()).size;
      // A core that was killed may have left half a line.
      if (bytes > 0 && !(await endsWithNewline(path, bytes))) await file.appendFile('\n');
    } finally {
      await file.close();
    }
  };

  const write = async () => {
    while (pending.length > 0) {
      const batch = pending;
      const text = batch.join('');
      pending = [];
      try {
        if (bytes === undefined) await prepare();
        if ((bytes ?? 0) >= maxBytes) await rotate();
        await appendFile(path, text, { mode: 0o600 });
        bytes = (bytes ?? 0) + Buffer.byteLength(text);
        if (lost > 0) onError(undefined, lost);
        lost = 0;
      } catch (thrown) {
        bytes = undefined;
        onError(thrown, batch.length);
      }
    }
    writing = undefined;
  };

  return {
    append(record) {
      if (pending.length >= maxPending) {
        lost += 1;
        return;
      }
      pending.push(`${JSON.stringify(record)}\n`);
      writing ??= delay(gatherMs).then(write);
    },
    flush: async () => {
      await writing;
    },
    async readLast(count) {
      await writing;
      return readLastLines(path, count, keep);
    },
  };
}

/** Reads the last records of such a file and of those that were cut off from it, oldest first. */
export async function readLastLines(path: string, count: number, keep = 5): Promise<unknown[]> {
  let records: unknown[] = [];
  for (let number = 0; number <= keep && records.length < count; number += 1) {
    const text = await readFile(numbered(path, number), 'utf8').catch(ignoreMissing);
    if (text === undefined) continue;
    const lines = text.split('\n').slice(-(count - records.length) - 1);
    records = [...lines.flatMap(parsed), ...records];
  }
  return records.slice(Math.max(records.length - count, 0));
}

function parsed(line: string): unknown[] {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}

function numbered(path: string, number: number): string {
  return number === 0 ? path : path.replace(/(\.\w+)$/, `.${number}$1`);
}

async function endsWithNewline(path: string, size: number): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const last = await file.read(Buffer.alloc(1), 0, 1, size - 1);
    return last.buffer[0] === 0x0a;
  } finally {
    await file.close();
  }
}

function ignoreMissing(thrown: unknown): undefined {
  if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
  return undefined;
}
