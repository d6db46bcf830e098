import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { createAuditLog } from '../../electron/control/audit-log.ts';
import { verifyAudit } from '../../electron/control/audit-verify.ts';
import type { AuditEvent } from '../../shared/audit.ts';

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), 'audit-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'audit.jsonl');
}

const call = (more: Partial<Extract<AuditEvent, { kind: 'call' }>> = {}): AuditEvent => ({
  kind: 'call',
  container: 'notes',
  session: 's1',
  method: 'tools/call',
  outcome: 'ok',
  durationMs: 1,
  bytesOut: 10,
  bytesIn: 20,
  ...more,
});

test('a line says when, what, its number and the hash of the one before', async () => {
  const path = place();
  const audit = createAuditLog({ path, now: () => 1234 });
  audit.append(call({ account: 'work', client: 'Cursor', pid: 7, tool: 'add' }));
  audit.append({ kind: 'container', container: 'notes', change: 'added' });
  const [first, second] = await audit.read(10);
  expect(first).toEqual({
    ...{ n: 1, at: 1234, kind: 'call', container: 'notes', account: 'work', client: 'Cursor', pid: 7 },
    ...{ session: 's1', method: 'tools/call', tool: 'add', outcome: 'ok', durationMs: 1, bytesOut: 10 },
    ...{ bytesIn: 20, prev: '0'.repeat(64) },
  });
  expect(second).toMatchObject({ n: 2, kind: 'container', change: 'added' });
  expect(second?.prev).toMatch(/^[0-9a-f]{64}$/);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('whatever a stranger is called, its line is one line, harmless to show, and reads back as it was', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  const dangerous = fc.constantFrom(
    '\u001b[2J',
    '\u0085',
    '\u202e',
    '\u2028',
    '\r\n{"n":9}',
    '\u007f',
    '\ud800',
  );
  const name = fc.oneof(
    text,
    fc.tuple(text, dangerous, text).map((parts) => parts.join('')),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ method: name, tool: name, client: name }), { maxLength: 5 }),
      async (named) => {
        const path = place();
        const audit = createAuditLog({ path });
        for (const each of named) audit.append(call(each));
        expect(await audit.read(10)).toMatchObject(named);
        const written = named.length === 0 ? '' : readFileSync(path, 'utf8');
        expect(written.split('\n')).toHaveLength(named.length + 1);
        // Controls, format characters (those that re-order text among them), line separators, halves of characters.
        expect(written.replaceAll('\n', '')).not.toMatch(
          /\p{Cc}|(?![\u200c\u200d])\p{Cf}|\p{Zl}|\p{Zp}|\p{Cs}/u,
        );
        expect(await verifyAudit(path)).toMatchObject({ intact: true, lines: named.length });
      },
    ),
    { numRuns: 60 },
  );
});

test('goes on with the chain across cores and files that were cut off', async () => {
  const path = place();
  const options = { path, maxBytes: 2_000 };
  for (let core = 0; core < 5; core += 1) {
    const audit = createAuditLog(options);
    for (let n = 0; n < 300; n += 1) audit.append(call({ tool: `t${n}` }));
    await audit.flush();
  }
  const report = await verifyAudit(path);
  expect(report).toMatchObject({ intact: true, lines: 1_500, first: 1, last: 1_500 });
  expect(report.files).toBeGreaterThan(3);
  expect(await createAuditLog(options).read(10_000)).toHaveLength(1_500);
});

test('says of a line that a killed core left half that it was, and goes on', async () => {
  const path = place();
  const first = createAuditLog({ path });
  first.append(call());
  first.append(call());
  await first.flush();
  appendFileSync(path, '{"n":3,"at":17,"kind":"ca');
  expect(await verifyAudit(path)).toMatchObject({ intact: true, lines: 2 });
  const next = createAuditLog({ path });
  next.append(call());
  expect((await next.read(10)).map(({ n, kind }) => [n, kind])).toEqual([
    [1, 'call'],
    [2, 'call'],
    [3, 'missing'],
    [4, 'call'],
  ]);
  expect(await verifyAudit(path)).toMatchObject({ intact: true, last: 4 });
});

test('two cores at a time, one of them about to end, keep one chain', async () => {
  const path = place();
  const [old, fresh] = [createAuditLog({ path }), createAuditLog({ path })];
  for (let round = 0; round < 30; round += 1) {
    for (const audit of [old, fresh]) for (let n = 0; n < 10; n += 1) audit.append(call());
    await Promise.all([old.flush(), fresh.flush()]);
  }
  expect(await verifyAudit(path)).toMatchObject({ intact: true, lines: 600 });
});

test('killed at any time, a writer leaves an audit that is intact, and so does the next', async () => {
  const path = place();
  const program = `const { runnerImport } = await import('vite');
    const { module } = await runnerImport('test/support/audit-writer.ts');
    await module.main(process.argv[1]);`;
  for (let round = 0; round < 5; round += 1) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, path]);
    await once(child.stdout, 'data');
    await sleep(round * 7);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await verifyAudit(path)).toMatchObject({ intact: true });
  }
  const { files, first } = await verifyAudit(path);
  expect({ many: files > 4, first }).toEqual({ many: true, first: 1 });
}, 60_000);
