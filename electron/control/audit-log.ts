/** Who called what: each finished message as one line of `audit.jsonl`, never what it carried. */
import { auditLine, type AuditLine } from '../../shared/control.ts';
import { createLineFile, readLastLines, type LineFileOptions } from './line-file.ts';

export interface AuditLog {
  /** Never blocks and never throws. */
  append(line: AuditLine): void;
  /** The last `count` lines, oldest first. */
  read(count: number): Promise<AuditLine[]>;
  /** Resolves when everything is on the disk. To be called at the end. */
  flush(): Promise<void>;
}

export function createAuditLog(options: LineFileOptions): AuditLog {
  const file = createLineFile(options);
  return {
    append: (line) => file.append(line),
    read: async (count) => linesOf(await file.readLast(count)),
    flush: () => file.flush(),
  };
}

/** The same while no core runs. */
export async function readAudit(path: string, count: number): Promise<AuditLine[]> {
  return linesOf(await readLastLines(path, count));
}

function linesOf(records: unknown[]): AuditLine[] {
  return records.flatMap((record) => {
    const parsed = auditLine.safeParse(record);
    return parsed.success ? [parsed.data] : [];
  });
}
