/** `fairlead audit --verify`: whether every line of the audit is as it was written, across the files that were cut off. */
import { open, readFile, type FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { follows, linkOf, readHead, type Link, type PlacedLink } from './audit-chain.ts';
import { headFile } from './line-file.ts';
import { cutOff, ignoreMissing } from './line-segments.ts';

export interface AuditReport {
  readonly intact: boolean;
  readonly files: number;
  readonly lines: number;
  /** Numbers of the first and the last line that are there; those before the first were cut off, or taken away. */
  readonly first?: number;
  readonly last?: number;
  /** The first line that is not as it was written. */
  readonly bad?: { readonly file: string; readonly line: number; readonly why: string };
  /** How often a core was killed: up to 250 ms before that may be missing. */
  readonly killed: number;
}

type Place = Pick<NonNullable<AuditReport['bad']>, 'file' | 'line'>;
type Placed = Place & { readonly link: PlacedLink | undefined };

/** @param path of `audit.jsonl`. Throws what keeps its files from being read. */
export async function verifyAudit(path: string): Promise<AuditReport> {
  // First: what is written meanwhile comes behind it.
  const head = readHead(await readFile(headFile(path), 'utf8').catch(ignoreMissing));
  const seen = { files: 0, lines: 0, killed: 0 };
  let first: number | undefined;
  let before: (Link & Place) | undefined;
  let suspect: { before: (Link & Place) | undefined; line: Placed } | undefined;
  let running = false;

  const report = (bad?: AuditReport['bad']): AuditReport => ({
    intact: bad === undefined,
    ...seen,
    ...(first !== undefined && { first }),
    ...(before !== undefined && { last: before.n }),
    ...(bad !== undefined && { bad }),
  });

  for await (const line of linesOf(path, () => (seen.files += 1))) {
    if (suspect !== undefined) return report(blame(suspect, line.link, head));
    seen.lines += 1;
    const { link, file, line: number } = line;
    if (link === undefined) return report({ file, line: number, why: 'It is no line of an audit.' });
    first ??= link.n;
    const begins = before === undefined && link.n > 1;
    if (!begins && !follows(link, before)) suspect = { before, line };
    else {
      if (link.n === head?.n && link.hash !== head.hash) return report({ file, line: number, why: changed });
      before = { ...link, file, line: number };
      if (link.core === 'started' && running) seen.killed += 1;
      if (link.core !== undefined) running = link.core === 'started';
    }
  }
  if (suspect !== undefined) return report(blame(suspect, undefined, head));
  if (head !== undefined && head.n > (before?.n ?? 0)) {
    const { file = basename(path), line = 0 } = before ?? {};
    return report({ file, line: line + 1, why: `It and the lines up to number ${head.n} are missing.` });
  }
  return report();
}

const changed = 'It is not as it was written.';

/** A line that does not follow from the one before it: which of the two is wrong, the next one knows. */
function blame(
  { before, line }: { before: (Link & Place) | undefined; line: Placed },
  next: Placed['link'],
  head: Link | undefined,
): NonNullable<AuditReport['bad']> {
  const { file, line: number, link } = line;
  if (link !== undefined && before !== undefined) {
    if (link.n !== before.n + 1)
      return { file, line: number, why: `It has number ${link.n}, where ${before.n + 1} was due.` };
    const vouched = next === undefined ? head?.hash === link.hash : follows(next, link);
    if (vouched) return { file: before.file, line: before.line, why: changed };
  }
  return { file, line: number, why: changed };
}

/** Those that are whole: behind the last line break one is being written, or a core was killed while it was. */
async function* linesOf(path: string, onFile: () => void): AsyncGenerator<Placed> {
  for await (const { name, handle } of filesOf(path)) {
    onFile();
    let rest = '';
    let number = 0;
    for await (const chunk of handle.createReadStream({ encoding: 'utf8' })) {
      const lines = `${rest}${chunk as string}`.split('\n');
      rest = lines.pop() ?? '';
      for (const text of lines) {
        number += 1;
        yield { file: basename(name), line: number, link: linkOf(text) };
      }
    }
  }
}

/** Oldest first, though a core may cut one off meanwhile. */
async function* filesOf(path: string): AsyncGenerator<{ name: string; handle: FileHandle }> {
  const read = new Set<string>();
  for (;;) {
    for (const name of await cutOff(path)) {
      if (read.has(name)) continue;
      read.add(name);
      yield { name, handle: await open(name) };
    }
    const current = await open(path).catch(ignoreMissing);
    const done = (await cutOff(path)).every((name) => read.has(name));
    if (current !== undefined) {
      if (done) yield { name: path, handle: current };
      else await current.close();
    }
    if (done) return;
  }
}
