/** Beside the path: what is kept in a file of its own, and can be done without: each as JSON, for this user alone. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';

/** @returns undefined where there is none, or none of use */
export function readKept<T>(path: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

/** In the old one's place, whole. Never throws: on a full disk it stays in memory. */
export function writeKept(path: string, value: unknown): void {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    // A core that ends while it writes leaves the old file.
    writeFileSync(`${path}.new`, `${JSON.stringify(value, undefined, 1)}\n`, { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch {
    // As said above.
  }
}
