/** Who came and what became of it: a line for each request, with its tenant; never what was said. */
import { createWriteStream } from 'node:fs';
import { mkdir, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface AuditLine {
  readonly mode: string;
  readonly tenant: string | undefined;
  readonly user: string | undefined;
  readonly method: string;
  /** One of ours, or `other`: what else a client asks for is its own text. */
  readonly path: string;
  readonly status: number;
  readonly ms: number;
}

export interface Audit {
  write(line: AuditLine): void;
  close(): Promise<void>;
}

const maxBytes = 10 * 1_024 * 1_024;

/** @param file kept with the one before it (`.1`), each 10 MiB at most when the container starts */
export async function openAudit(file: string, report: (thrown: unknown) => void): Promise<Audit> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const { size } = await stat(file).catch(() => ({ size: 0 }));
  if (size > maxBytes) await rename(file, `${file}.1`);
  const stream = createWriteStream(file, { flags: 'a', mode: 0o600 });
  stream.on('error', report);
  return {
    // JSON: a user id with a line break in it cannot make up a line.
    write: (line) => void stream.write(`${JSON.stringify({ at: new Date().toISOString(), ...line })}\n`),
    close: () => new Promise((resolve) => stream.end(() => resolve())),
  };
}
