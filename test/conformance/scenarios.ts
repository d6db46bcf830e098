/** The suite's client scenarios: which there are, and one of them run through Fairlead. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Kit } from './kit.ts';

export interface Scenario {
  readonly name: string;
  /** Versions of the specification, or `draft`, or `extension`. */
  readonly since: string;
}

export interface Outcome {
  readonly scenario: Scenario;
  /** As the suite judges it: no check failed or warned, and the client ended well. */
  readonly passed: boolean;
  readonly succeeded: number;
  readonly checks: number;
  /** What the suite and the client said. */
  readonly output: string;
}

interface Check {
  readonly status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'INFO' | 'SKIPPED';
}

const adapterMs = 60_000;

export function listScenarios({ command: [node, suite] }: Kit): Scenario[] {
  const [, client = ''] = execFileSync(node, [suite, 'list'], { encoding: 'utf8' }).split('Client scenarios');
  return [...client.matchAll(/^ +- (\S+) \[(.+)\]$/gm)].map(([, name = '', since = '']) => ({
    name,
    since: since.replaceAll(',', ', '),
  }));
}

export async function runScenario(kit: Kit, root: string, scenario: Scenario): Promise<Outcome> {
  const results = mkdtempSync(join(tmpdir(), 'fairlead-conformance-results-'));
  const [node, suite] = kit.command;
  const options = ['--scenario', scenario.name, '--timeout', String(adapterMs), '--output-dir', results];
  // The suite splits the command at its blanks, so it is one without a folder's name in it.
  const command = 'node test/conformance/adapter.mjs';
  const path = [dirname(process.execPath), process.env['PATH']].join(delimiter);
  try {
    const child = spawn(node, [suite, 'client', '--command', command, ...options], {
      cwd: root,
      env: { ...process.env, PATH: path, NODE_NO_WARNINGS: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: adapterMs + 15_000,
    });
    const exited = once(child, 'exit');
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    await exited;
    const checks = checksIn(results).filter(({ status }) => status !== 'INFO' && status !== 'SKIPPED');
    return {
      scenario,
      passed: child.exitCode === 0,
      succeeded: checks.filter(({ status }) => status === 'SUCCESS').length,
      checks: checks.length,
      output: stdout + stderr,
    };
  } finally {
    rmSync(results, { recursive: true, force: true });
  }
}

function checksIn(folder: string): Check[] {
  const file = readdirSync(folder, { recursive: true, encoding: 'utf8' }).find((each) =>
    each.endsWith('checks.json'),
  );
  return file === undefined ? [] : (JSON.parse(readFileSync(join(folder, file), 'utf8')) as Check[]);
}
