/** One `fairlead stdio` of the front's, line by line. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface Rpc {
  readonly jsonrpc: '2.0';
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: { readonly progressToken?: string | number; readonly _meta?: Record<string, unknown> };
  readonly error?: { readonly code: number };
}

export interface Endpoint {
  say(message: object): void;
  /** From now on alone. */
  hear(listener: (message: Rpc) => void): void;
  end(): void;
  readonly ended: Promise<void>;
}

export function openEndpoint(args: readonly string[], env: NodeJS.ProcessEnv): Endpoint {
  const child = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => undefined);
  let hear: (message: Rpc) => void = () => undefined;
  createInterface({ input: child.stdout }).on('line', (line) => hear(JSON.parse(line) as Rpc));
  return {
    say: (message) => void child.stdin.write(`${JSON.stringify(message)}\n`),
    hear(listener) {
      hear = listener;
    },
    end: () => void child.stdin.end(),
    ended: new Promise((resolve) => child.once('exit', () => resolve())),
  };
}
