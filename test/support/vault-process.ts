/** Runs `vault-program.ts`, once it is built, as a child process, and talks to it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { VaultOrder } from './vault-program.ts';

const answer = z.object({
  value: z.string().optional(),
  error: z.object({ code: z.string(), message: z.string(), help: z.string() }).optional(),
});

export interface VaultProcess extends AsyncDisposable {
  readonly pid: number;
  /** Everything it has printed so far, on both streams. */
  printed(): string;
  ask(order: VaultOrder): Promise<z.infer<typeof answer>>;
  /** Tells it to exit, or kills it. Resolves with the time that took. */
  exit(): Promise<number>;
}

export function runVaultProgram(file: string, env: Readonly<Record<string, string>>): VaultProcess {
  // The program is outside of the checkout: NODE_PATH leads its `require` back to the native binding.
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, NODE_PATH: resolve('node_modules'), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  return {
    pid: child.pid!,
    printed: () => printed,
    async ask(order) {
      child.stdin.write(`${JSON.stringify(order)}\n`);
      const next = await lines.next();
      if (next.done === true) throw new Error(`the vault program ended: ${printed}`);
      return answer.parse(JSON.parse(next.value));
    },
    async exit() {
      const begin = performance.now();
      child.stdin.write(`${JSON.stringify({ do: 'exit' } satisfies VaultOrder)}\n`);
      await exited;
      return performance.now() - begin;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await exited;
    },
  };
}
