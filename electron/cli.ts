#!/usr/bin/env node
/** Command entry: `fairlead <command>`. An endpoint goes its own way at once, as a client waits for its start. */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

if (process.argv[2] === 'stdio') createRequire(import.meta.url)('./stdio.cjs');
else await runCommand();

async function runCommand(): Promise<void> {
  const { runCommandLine } = await import('./commands/program.ts');
  // Whoever reads us may have seen enough (`fairlead logs | head`).
  process.stdout.on('error', () => process.exit(0));
  process.exitCode = await runCommandLine({
    args: process.argv.slice(2),
    env: process.env,
    cwd: process.cwd(),
    programFolder: dirname(fileURLToPath(import.meta.url)),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    async runCore() {
      // A program of its own, built beside this one: it reads `--foreground` too, and ends the process itself.
      await import(new URL('./core.js', import.meta.url).href);
      await new Promise(() => undefined);
    },
  });
}
