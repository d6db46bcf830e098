/** Electron's binary, where there is one: its package comes without, and fetches it when it first runs. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @returns undefined where it has not been fetched. Never fetches it. */
export function electronProgram(): string | undefined {
  const folder = join('node_modules', 'electron');
  const named = join(folder, 'path.txt');
  if (!existsSync(named)) return undefined;
  const program = join(folder, 'dist', readFileSync(named, 'utf8').trim());
  return existsSync(program) ? program : undefined;
}
