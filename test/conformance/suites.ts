/** The suites and a Node that they run on, from npm. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openKit, versionOf } from '../support/kit.ts';

export interface Suite {
  /** Program and first arguments: the suite's own command line goes behind them. */
  readonly command: readonly [node: string, suite: string];
  readonly folder: string;
  readonly version: string;
}

export interface Suites {
  /** What was released before MCP 2026-07-28, and what knows that. */
  readonly older: Suite;
  readonly newer: Suite;
  readonly nodeVersion: string;
}

/** What the suites ask for. */
const oldestNode = 22;

/** @throws Error that says what is missing */
export function openSuites(root: string): Suites {
  const isNewEnough = Number.parseInt(process.versions.node) >= oldestNode;
  const nodeIn = (packages: string) => (isNewEnough ? process.execPath : packedNode(packages));
  const packages = openKit(root, {
    of: 'conformance',
    what: 'the conformance suites',
    optional: !isNewEnough,
    isWhole: (each) => existsSync(nodeIn(each)),
  });
  const node = nodeIn(packages);
  if (!existsSync(node)) {
    throw new Error(
      `The conformance suites need Node ${oldestNode} or newer, and npm has none for this machine: run it with one.`,
    );
  }
  const open = (name: string): Suite => {
    const folder = join(packages, name);
    return { command: [node, join(folder, 'dist/index.js')], folder, version: versionOf(packages, name) };
  };
  const nodeVersion = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  return { older: open('conformance-0.1'), newer: open('conformance-0.2'), nodeVersion };
}

function packedNode(packages: string): string {
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  return join(packages, `node-${system}-${process.arch}`, 'bin', program);
}
