/** Clients from npm, exactly the versions of kit/package-lock.json, fetched when first needed. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export interface Kit {
  /** The path of a file in one of its packages. */
  file(name: string): string;
  version(packageName: string): string;
}

/** @throws Error that says what is missing */
export function openKit(root: string): Kit {
  const source = join(root, 'test/clients/kit');
  const lock = readFileSync(join(source, 'package-lock.json'));
  const caches = join(root, 'node_modules/.cache/clients');
  const folder = join(caches, createHash('sha256').update(lock).digest('hex').slice(0, 12));
  // npm writes it last.
  if (!existsSync(join(folder, 'node_modules/.package-lock.json'))) {
    rmSync(caches, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    cpSync(source, folder, { recursive: true });
    install(folder);
  }
  const file = (name: string) => join(folder, 'node_modules', name);
  return {
    file,
    version(packageName) {
      const manifest = readFileSync(join(file(packageName), 'package.json'), 'utf8');
      return (JSON.parse(manifest) as { version: string }).version;
    },
  };
}

function install(folder: string): void {
  const npm = process.env['npm_execpath'];
  if (npm === undefined) throw new Error('Run it as `npm run clients`: it fetches the clients with npm.');
  console.log('Fetching the clients (about 600 MB) …');
  // Some ask for a newer Node than what is tried of them needs.
  const options = [
    '--ignore-scripts',
    '--engine-strict=false',
    '--loglevel=error',
    '--no-audit',
    '--no-fund',
  ];
  execFileSync(process.execPath, [npm, 'ci', ...options], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
