/** The suites and a Node that they run on: from npm, exactly the versions of kit/package-lock.json, when first needed. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export interface Suite {
  /** Program and first arguments: the suite's own command line goes behind them. */
  readonly command: readonly [node: string, suite: string];
  readonly folder: string;
  readonly version: string;
}

export interface Kit {
  /** What was released before MCP 2026-07-28, and what knows that. */
  readonly older: Suite;
  readonly newer: Suite;
  readonly nodeVersion: string;
}

/** What the suites ask for. */
const oldestNode = 22;

/** @throws Error that says what is missing */
export function openKit(root: string): Kit {
  const source = join(root, 'test/conformance/kit');
  const lock = readFileSync(join(source, 'package-lock.json'));
  const caches = join(root, 'node_modules/.cache/conformance');
  const folder = join(caches, createHash('sha256').update(lock).digest('hex').slice(0, 12));
  const isNewEnough = Number.parseInt(process.versions.node) >= oldestNode;
  const node = isNewEnough ? process.execPath : packedNode(folder);
  // npm writes it last.
  const isComplete = () => existsSync(join(folder, 'node_modules/.package-lock.json')) && existsSync(node);
  if (!isComplete()) {
    rmSync(caches, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    cpSync(source, folder, { recursive: true });
    install(folder, isNewEnough);
    if (!isComplete()) throw new Error(`${needed} npm has no such Node for this machine: run it with one.`);
  }
  const open = (name: string): Suite => {
    const suite = join(folder, 'node_modules', name);
    const { version } = JSON.parse(readFileSync(join(suite, 'package.json'), 'utf8')) as { version: string };
    return { command: [node, join(suite, 'dist/index.js')], folder: suite, version };
  };
  const nodeVersion = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  return { older: open('conformance-0.1'), newer: open('conformance-0.2'), nodeVersion };
}

const needed = `The conformance suites need Node ${oldestNode} or newer.`;

function packedNode(folder: string): string {
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const program = process.platform === 'win32' ? 'node.exe' : 'node';
  return join(folder, 'node_modules', `node-${system}-${process.arch}`, 'bin', program);
}

function install(folder: string, withoutNode: boolean): void {
  const npm = process.env['npm_execpath'];
  if (npm === undefined) throw new Error('Run it as `npm run conformance`: it fetches the suites with npm.');
  console.log('Fetching the conformance suites …');
  const options = [
    '--ignore-scripts',
    '--engine-strict=false',
    '--loglevel=error',
    '--no-audit',
    '--no-fund',
  ];
  try {
    execFileSync(
      process.execPath,
      [npm, 'ci', ...options, ...(withoutNode ? ['--omit=optional'] : ['--include=optional'])],
      { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] },
    );
  } catch (cause) {
    throw new Error(`npm could not fetch all of ${wantedPackages(folder, withoutNode)}.`, { cause });
  }
}

function wantedPackages(folder: string, withoutNode: boolean): string {
  const { dependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as Record<string, Record<string, string>>;
  const wanted = { ...dependencies, ...(!withoutNode && optionalDependencies) };
  return Object.entries(wanted)
    .map(([name, version]) => `${name}@${version}`)
    .join(', ');
}
