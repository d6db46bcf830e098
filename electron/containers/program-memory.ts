/** Beside the path: `programs.json`, which programs have used which container. */
import { z } from 'zod';
import { readKept, writeKept } from './kept-json.ts';

interface Program {
  readonly name: string;
  readonly path?: string | undefined;
}

export interface ProgramMemory {
  /**
   * Takes note that a program uses the container; one that lies elsewhere than before is another.
   * @param key of the container
   * @returns whether it is the first time
   */
  see(key: string, program: Program): boolean;
  forget(key: string): void;
}

/** Each update of a program may lie at a place of its own: the oldest are forgotten. */
const maxPrograms = 200;

const remembered = z.record(z.string(), z.array(z.object({ name: z.string(), path: z.string().optional() })));

/** @param path absolute. A file that is of no use is ignored, and written anew */
export function createProgramMemory(path: string): ProgramMemory {
  const known = new Map(Object.entries(readKept(path, remembered) ?? {}));
  const keep = () => writeKept(path, Object.fromEntries(known));
  return {
    see(key, { name, path: file }) {
      const seen = known.get(key) ?? [];
      if (seen.some((each) => each.name === name && each.path === file)) return false;
      const now = { name, ...(file !== undefined && { path: file }) };
      known.set(key, [...seen, now].slice(-maxPrograms));
      keep();
      return true;
    },
    forget(key) {
      if (known.delete(key)) keep();
    },
  };
}
