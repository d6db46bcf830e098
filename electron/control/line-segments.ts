/** The files that a file of lines has become: those that were cut off, numbered as they were, and the one that grows. */
import { Buffer } from 'node:buffer';
import { open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';

/** What the end of a file of lines is. */
export interface Tail {
  /** The last whole line; undefined: there is none. */
  readonly line: string | undefined;
  /** Bytes of whole lines. */
  readonly bytes: number;
  /** Bytes behind those: of a line that was never finished. */
  readonly torn: number;
}

/** Those that were cut off, oldest first. @param path of the one that grows, such as `audit.jsonl` */
export async function cutOff(path: string): Promise<string[]> {
  return (await numbersOf(path)).map((number) => numbered(path, number));
}

/** Cuts the file off: the next line begins another one. @param keep how many that were cut off stay */
export async function cut(path: string, keep: number): Promise<void> {
  const numbers = await numbersOf(path);
  await rename(path, numbered(path, (numbers.at(-1) ?? 0) + 1));
  const old = numbers.slice(0, Math.max(0, numbers.length + 1 - keep));
  for (const number of old) await rm(numbered(path, number), { force: true });
}

/** Reads the last records of all of them, oldest first. Lines that are not JSON are left out. */
export async function readLastLines(path: string, count: number): Promise<unknown[]> {
  let records: unknown[] = [];
  for (const file of [...(await cutOff(path)), path].reverse()) {
    if (records.length >= count) break;
    const text = await readFile(file, 'utf8').catch(ignoreMissing);
    const lines = text?.split('\n').slice(-(count - records.length) - 1) ?? [];
    records = [...lines.flatMap(parsed), ...records];
  }
  return records.slice(Math.max(records.length - count, 0));
}

/** How a file ends. @param size its bytes */
export async function tailOf(path: string, size: number): Promise<Tail> {
  if (size === 0) return { line: undefined, bytes: 0, torn: 0 };
  const file = await open(path, 'r');
  try {
    for (let wanted = 16 * 1024; ; wanted *= 4) {
      const from = Math.max(0, size - wanted);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
      const end = buffer.lastIndexOf(0x0a, bytesRead - 1);
      const begin = end < 1 ? -1 : buffer.lastIndexOf(0x0a, end - 1);
      if (begin < 0 && from > 0) continue;
      const line = end < 0 ? undefined : buffer.toString('utf8', begin + 1, end);
      return { line, bytes: from + end + 1, torn: size - from - end - 1 };
    }
  } finally {
    await file.close();
  }
}

export function ignoreMissing(thrown: unknown): undefined {
  if ((thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown;
  return undefined;
}

function numbered(path: string, number: number): string {
  const suffix = extname(path);
  return `${path.slice(0, path.length - suffix.length)}.${number}${suffix}`;
}

async function numbersOf(path: string): Promise<number[]> {
  const suffix = extname(path);
  const stem = basename(path, suffix);
  const names = (await readdir(dirname(path)).catch(ignoreMissing)) ?? [];
  return names
    .filter((name) => name.startsWith(`${stem}.`) && name.endsWith(suffix))
    .map((name) => name.slice(stem.length + 1, name.length - suffix.length))
    .filter((number) => /^[1-9]\d{0,8}$/.test(number))
    .map(Number)
    .sort((a, b) => a - b);
}

function parsed(line: string): unknown[] {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}
