/** A suite's program run once: what it said, and the checks that it wrote down. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Suite } from './suites.ts';

export interface Check {
  readonly id: string;
  readonly name: string;
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'INFO' | 'SKIPPED';
  readonly errorMessage?: string;
}

export interface SuiteRun {
  readonly status: number | null;
  readonly output: string;
  /** Of each scenario, named as the suite names its folder: those that say something. */
  readonly checks: ReadonlyMap<string, readonly Check[]>;
}

export async function runSuite(
  { command: [node, suite] }: Suite,
  args: readonly string[],
  { root, timeoutMs }: { root: string; timeoutMs: number },
): Promise<SuiteRun> {
  const results = mkdtempSync(join(tmpdir(), 'fairlead-conformance-results-'));
  // The client that it starts runs on the Node that this runs on.
  const path = [dirname(process.execPath), process.env['PATH']].join(delimiter);
  try {
    const child = spawn(node, [suite, ...args, '--output-dir', results], {
      cwd: root,
      env: { ...process.env, PATH: path, NODE_NO_WARNINGS: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
    });
    const exited = once(child, 'exit');
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    await exited;
    return { status: child.exitCode, output: stdout + stderr, checks: checksIn(results) };
  } finally {
    rmSync(results, { recursive: true, force: true });
  }
}

/** By the name of a scenario's folder without the time at its end. */
function checksIn(folder: string): Map<string, Check[]> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((each) =>
    each.endsWith('checks.json'),
  );
  return new Map(
    files.map((file) => {
      const checks = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Check[];
      const counted = checks.filter(({ status }) => status !== 'INFO' && status !== 'SKIPPED');
      return [dirname(file).replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, ''), counted];
    }),
  );
}
