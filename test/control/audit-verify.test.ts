import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createAuditLog } from '../../electron/control/audit-log.ts';
import { verifyAudit } from '../../electron/control/audit-verify.ts';

/** An audit of 650 lines in several files. */
async function written() {
  const folder = mkdtempSync(join(tmpdir(), 'verify-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'audit.jsonl');
  const options = { path, maxBytes: 15_000 };
  const audit = createAuditLog(options);
  for (let n = 1; n <= 650; n += 1) {
    audit.append({ kind: 'container', container: `c${n}`, change: 'added' });
    if (n % 100 === 0) await audit.flush();
  }
  await audit.flush();
  /** Changes the lines of one of its files. */
  const edit = (file: string, change: (lines: string[]) => string[]) => {
    const place = join(folder, file);
    const lines = readFileSync(place, 'utf8').trimEnd().split('\n');
    writeFileSync(place, `${change(lines).join('\n')}\n`);
  };
  const again = async () => {
    const next = createAuditLog(options);
    next.append({ kind: 'container', container: 'later', change: 'added' });
    await next.flush();
  };
  return { path, folder, edit, again };
}

const without = (index: number) => (lines: string[]) => lines.filter((_, at) => at !== index);
const retold = (index: number) => (lines: string[]) =>
  lines.map((line, at) => (at === index ? line.replace('"added"', '"removed"') : line));

test('an audit that nobody touched is intact', async () => {
  const { path } = await written();
  expect(await verifyAudit(path)).toEqual({
    ...{ intact: true, lines: 650, first: 1, last: 650, killed: 0 },
    files: expect.any(Number) as number,
  });
});

test('no audit is intact', async () => {
  expect(await verifyAudit(join(tmpdir(), 'nowhere', 'audit.jsonl'))).toMatchObject({
    intact: true,
    lines: 0,
  });
});

test.each([
  ['the first line of all', 'audit.1.jsonl', 0],
  ['one in the middle', 'audit.1.jsonl', 50],
  ['the last one before a file was cut off', 'audit.1.jsonl', 99],
  ['the first one of a file', 'audit.2.jsonl', 0],
])('names %s, where it was changed', async (_which, file, index) => {
  const { path, edit } = await written();
  edit(file, retold(index));
  expect((await verifyAudit(path)).bad).toMatchObject({ file, line: index + 1 });
});

test('names the very last line, where that was changed, also when a core has gone on behind it', async () => {
  const { path, edit, again } = await written();
  let line = 0;
  edit('audit.jsonl', (lines) => retold((line = lines.length) - 1)(lines));
  expect((await verifyAudit(path)).bad).toMatchObject({ file: 'audit.jsonl', line });
  await again();
  expect((await verifyAudit(path)).bad?.file).toBe('audit.jsonl');
});

test.each([
  ['taken away', without(50), 51],
  ['put in twice', (lines: string[]) => lines.toSpliced(50, 0, lines[49] ?? ''), 51],
  ['made up', (lines: string[]) => lines.toSpliced(50, 0, '{"n": 51}'), 51],
  ['put in another place', (lines: string[]) => [...lines.slice(1), lines[0] ?? ''], 100],
])('names the place of a line that was %s', async (_how, change, line) => {
  const { path, edit } = await written();
  edit('audit.2.jsonl', change);
  expect((await verifyAudit(path)).bad).toMatchObject({
    file: 'audit.2.jsonl',
    line: expect.any(Number) as number,
  });
  if (line < 100) expect((await verifyAudit(path)).bad?.line).toBe(line);
});

test('notices lines that are missing at the end, also when a core has gone on behind them', async () => {
  const { path, edit, again } = await written();
  edit('audit.jsonl', (lines) => lines.slice(0, -3));
  expect((await verifyAudit(path)).bad?.why).toContain('number 650 are missing');
  await again();
  expect((await verifyAudit(path)).bad?.why).toContain('where 648 was due');
});

test('notices a file that is missing in the middle, and says of one at the beginning that it is not there', async () => {
  const { path, folder } = await written();
  rmSync(join(folder, 'audit.1.jsonl'));
  expect(await verifyAudit(path)).toMatchObject({ intact: true, first: 101 });
  rmSync(join(folder, 'audit.3.jsonl'));
  expect((await verifyAudit(path)).bad).toMatchObject({ file: 'audit.4.jsonl', line: 1 });
});

test('counts cores that began without the one before having stopped', async () => {
  const { path } = await written();
  const audit = createAuditLog({ path });
  for (const change of ['started', 'stopped', 'started', 'started', 'stopped'] as const)
    audit.append({ kind: 'core', change, pid: 1, version: '1' });
  await audit.flush();
  expect(await verifyAudit(path)).toMatchObject({ intact: true, killed: 1 });
});
