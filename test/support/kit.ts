/** Programs from npm, exactly the versions of a `kit/package-lock.json`, fetched when first needed. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @param kit.of the folder below test/ that has it, and the npm script that needs it
 * @param kit.what is said while it is fetched
 * @param kit.optional whether its optional packages are wanted
 * @param kit.isWhole what else has to be there
 * @returns where its packages lie @throws Error that says what is missing
 */
export function openKit(
  root: string,
  kit: { of: string; what: string; optional?: boolean; isWhole?: (packages: string) => boolean },
): string {
  const { of, what, optional = true, isWhole = () => true } = kit;
  const source = join(root, 'test', of, 'kit');
  const lock = readFileSync(join(source, 'package-lock.json'));
  const caches = join(root, 'node_modules/.cache', of);
  const folder = join(caches, createHash('sha256').update(lock).digest('hex').slice(0, 12));
  const packages = join(folder, 'node_modules');
  // npm writes it last.
  if (!existsSync(join(packages, '.package-lock.json')) || !isWhole(packages)) {
    const npm = process.env['npm_execpath'];
    if (npm === undefined) throw new Error(`Run it as \`npm run ${of}\`: it fetches ${what} with npm.`);
    console.log(`Fetching ${what} …`);
    rmSync(caches, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    cpSync(source, folder, { recursive: true });
    install(npm, folder, optional);
  }
  return packages;
}

export function versionOf(packages: string, name: string): string {
  const manifest = readFileSync(join(packages, name, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}

function install(npm: string, folder: string, optional: boolean): void {
  const options = [
    // Some ask for a newer Node than what is tried of them needs.
    '--engine-strict=false',
    '--ignore-scripts',
    '--loglevel=error',
    '--no-audit',
    '--no-fund',
    optional ? '--include=optional' : '--omit=optional',
  ];
  try {
    execFileSync(process.execPath, [npm, 'ci', ...options], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  } catch (cause) {
    throw new Error(`npm could not fetch all of ${wantedPackages(folder)}.`, { cause });
  }
}

function wantedPackages(folder: string): string {
  const { dependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as Record<string, Record<string, string>>;
  return Object.entries({ ...dependencies, ...optionalDependencies })
    .map(([name, version]) => `${name}@${version}`)
    .join(', ');
}
