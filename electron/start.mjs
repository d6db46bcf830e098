// `npm start`: runs the built app in Electron. Electron's package comes without its binary, which is fetched here once.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));

function binary() {
  try {
    const program = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8').trim());
    return existsSync(program) ? program : undefined;
  } catch {
    return undefined;
  }
}

if (binary() === undefined) {
  console.error('Fetching Electron …');
  spawnSync(process.execPath, [join(folder, 'install.js')], { stdio: 'ignore', timeout: 300_000 });
}
const program = binary();
if (program === undefined) {
  console.error(
    'Electron cannot be fetched here, so there is no window; the command line does the same: npx fairlead --help',
  );
  process.exitCode = 1;
} else {
  const env = { ...process.env };
  // Some editors' terminals have it, and Electron would be plain Node.
  delete env.ELECTRON_RUN_AS_NODE;
  const app = spawn(program, [root, ...process.argv.slice(2)], { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => app.kill(signal));
  app.once('exit', (status) => (process.exitCode = status ?? 1));
}
