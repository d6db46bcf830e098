/** Beside the path: `platform.json`, the account's containers as the platform told them last. Nothing in it is secret. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { containerRow } from '../../shared/platform-api.ts';
import { platformIssuer } from '../../shared/platform.ts';

const accountRows = z.object({
  issuer: platformIssuer,
  userId: z.string(),
  rows: z.array(containerRow).readonly(),
  /** Files of authorities on this machine, by the container's id: what the platform does not know of a container. */
  authorities: z.record(z.string(), z.string()).default({}),
});
/** One account's containers. */
export type AccountRows = z.output<typeof accountRows>;

/** For a core that starts while the platform cannot be reached. A file that is of no use is ignored, and written anew. */
export interface RowCache {
  read(): AccountRows | undefined;
  /** Undefined: forget it. Never throws: whatever is not kept is asked for again. */
  write(rows: AccountRows | undefined): void;
}

/** @param path absolute */
export function createRowCache(path: string): RowCache {
  return {
    read() {
      try {
        return accountRows.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data;
      } catch {
        return undefined;
      }
    },
    write(rows) {
      try {
        if (rows === undefined) {
          rmSync(path, { force: true });
          return;
        }
        mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
        // A core that ends while it writes leaves the old file.
        writeFileSync(`${path}.new`, `${JSON.stringify(rows, undefined, 2)}\n`, { mode: 0o600 });
        renameSync(`${path}.new`, path);
      } catch {
        // A full disk: the rows are in memory.
      }
    },
  };
}
