/** A lean MCP client on a child's stdin and stdout: no SDK between, so that tests see and send exactly what is there. */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';

export type Id = string | number | null;

export interface RpcMessage {
  readonly jsonrpc: string;
  readonly id?: Id;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: { code?: string } };
}

export interface LineClient extends AsyncDisposable {
  readonly child: ChildProcessWithoutNullStreams;
  readonly pid: number;
  /** What answered nothing that was asked: notifications, questions, second answers, answers to id null. */
  readonly strays: RpcMessage[];
  stderr(): string;
  /** As it is, with a newline. */
  write(line: string | Uint8Array): void;
  /** Asks, under a number of its own where no id is given. Resolves with the answer, rejects when the program ends. */
  request(method: string, params?: unknown, id?: string | number): Promise<RpcMessage>;
  call(tool: string, args?: unknown, id?: string | number): Promise<RpcMessage>;
  /** Waits for a stray. */
  stray(matches: (message: RpcMessage) => boolean): Promise<RpcMessage>;
  /** `initialize` and `notifications/initialized`. */
  open(): Promise<RpcMessage>;
  /** Ends the program's input. @returns its exit status */
  end(): Promise<number | null>;
}

interface Waiting {
  readonly resolve: (message: RpcMessage) => void;
  readonly reject: (error: Error) => void;
}

export function startLineClient(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): LineClient {
  const child = spawn(command, args, { env });
  const exited = once(child, 'exit');
  /** By the id's JSON: `1` and `"1"` are two. */
  const waiting = new Map<string, Waiting>();
  const strays: RpcMessage[] = [];
  let onStray: () => void = () => undefined;
  let errors = '';
  let rest = '';
  let lastId = 0;

  const take = (line: string) => {
    const message = JSON.parse(line) as RpcMessage;
    const key = JSON.stringify(message.id);
    const asked = message.method === undefined ? waiting.get(key) : undefined;
    if (asked === undefined) {
      strays.push(message);
      onStray();
    } else {
      waiting.delete(key);
      asked.resolve(message);
    }
  };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(take);
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  child.stdin.on('error', () => undefined);
  child.on('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error(`The program has ended. ${errors}`));
    waiting.clear();
  });

  const write = (line: string | Uint8Array) => {
    child.stdin.write(line);
    child.stdin.write('\n');
  };
  const request = (method: string, params: unknown = {}, id: string | number = (lastId += 1)) =>
    new Promise<RpcMessage>((resolve, reject) => {
      waiting.set(JSON.stringify(id), { resolve, reject });
      write(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    });

  return {
    child,
    pid: child.pid ?? 0,
    strays,
    stderr: () => errors,
    write,
    request,
    call: (name, args = {}, id) => request('tools/call', { name, arguments: args }, id),
    async stray(matches) {
      for (;;) {
        const found = strays.find(matches);
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => (onStray = resolve));
      }
    },
    async open() {
      const answer = await request('initialize', {
        protocolVersion: '2025-06-18',
        capabilities: {},
        clientInfo: { name: 'line-client', version: '1' },
      });
      write('{"jsonrpc":"2.0","method":"notifications/initialized"}');
      return answer;
    },
    async end() {
      child.stdin.end();
      await exited;
      return child.exitCode;
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
