/** Who called what, and what else was decided and done: each as one line of `audit.jsonl`, chained to the one before. */
import { auditLine, type AuditEvent, type AuditLine } from '../../shared/audit.ts';
import type { Container } from '../../shared/container.ts';
import { createChain } from './audit-chain.ts';
import { createLineFile, type LineFileOptions } from './line-file.ts';
import { readLastLines } from './line-segments.ts';

export interface AuditLog {
  /** Returns at once and never throws. What may be text of a stranger is escaped when it is written. */
  append(event: AuditEvent): void;
  /** The last `count` lines, oldest first. */
  read(count: number): Promise<AuditLine[]>;
  /** Resolves when everything is on the disk. To be called at the end. */
  flush(): Promise<void>;
}

/** 1 GiB in all, some three million calls: a person's for years. */
const size = { maxBytes: 8 * 1024 * 1024, keep: 127 };

/** @param options.now milliseconds since the epoch */
export function createAuditLog(
  options: Pick<LineFileOptions, 'path' | 'maxBytes' | 'keep'> & { readonly now?: () => number },
): AuditLog {
  const { now = Date.now, ...where } = options;
  const missing = (what: Omit<Extract<AuditEvent, { kind: 'missing' }>, 'kind'>) => ({
    at: now(),
    kind: 'missing',
    ...what,
  });
  const file = createLineFile({
    ...size,
    ...where,
    maker: createChain(),
    describeLoss: (loss) =>
      missing('records' in loss ? { events: loss.records } : { tornBytes: loss.tornBytes }),
  });
  return {
    append: (event) => file.append({ at: now(), ...event }),
    read: async (count) => linesOf(await file.readLast(count)),
    flush: () => file.flush(),
  };
}

/** The same while no core runs. */
export async function readAudit(path: string, count: number): Promise<AuditLine[]> {
  return linesOf(await readLastLines(path, count));
}

/** Whom an event is about. */
export function subjectOf({ name, account }: Container): { container: string; account?: string } {
  return { container: name, ...(account !== undefined && { account }) };
}

function linesOf(records: unknown[]): AuditLine[] {
  return records.flatMap((record) => {
    const parsed = auditLine.safeParse(record);
    return parsed.success ? [parsed.data] : [];
  });
}
