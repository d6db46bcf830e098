/** How the lines of the audit hold together: each has a number and the hash of the one before it. */
import { hash } from 'node:crypto';
import { z } from 'zod';
import { plainJson } from '../../shared/plain-json.ts';
import type { LineMaker } from './line-file.ts';

/** Where a chain has come to. */
export interface Link {
  readonly n: number;
  /** SHA-256 of the line, in hex. */
  readonly hash: string;
}

const beginning: Link = { n: 0, hash: '0'.repeat(64) };
const hex = z.string().regex(/^[0-9a-f]{64}$/);
const numbered = z.object({
  n: z.int().positive(),
  prev: hex,
  kind: z.string(),
  change: z.unknown().optional(),
});
const link = z.object({ n: z.int().positive(), hash: hex });

export function createChain(): LineMaker {
  let last = beginning;
  return {
    resume(line, head) {
      const found = line === undefined ? beginning : (linkOf(line) ?? { n: last.n, hash: hashOf(line) });
      const kept = readHead(head);
      // Where lines are missing at the end, or the last one was changed, the next one shows it for good.
      last = kept !== undefined && kept.n >= found.n ? kept : found;
    },
    line(record) {
      const n = last.n + 1;
      const line = plainJson({ n, ...(record as object), prev: last.hash });
      last = { n, hash: hashOf(line) };
      return line;
    },
    get head() {
      return JSON.stringify(last);
    },
  };
}

/** Undefined where it is missing, or was being written when its core was killed. */
export function readHead(text: string | undefined): Link | undefined {
  try {
    return link.safeParse(JSON.parse(text ?? '')).data;
  } catch {
    return undefined;
  }
}

/** A line as what holds it in its place. */
export interface PlacedLink extends Link {
  readonly prev: string;
  /** Whether it says that a core started or stopped. */
  readonly core: 'started' | 'stopped' | undefined;
}

/** Undefined where it is no line of an audit. */
export function linkOf(line: string): PlacedLink | undefined {
  try {
    const { n, prev, kind, change } = numbered.parse(JSON.parse(line));
    const core = kind === 'core' && (change === 'started' || change === 'stopped') ? change : undefined;
    return { n, prev, core, hash: hashOf(line) };
  } catch {
    return undefined;
  }
}

/** Whether `next` is what comes behind `before`. */
export function follows(next: { n: number; prev: string }, before: Link = beginning): boolean {
  return next.n === before.n + 1 && next.prev === before.hash;
}

function hashOf(line: string): string {
  return hash('sha256', line);
}
