/** The ways from a client to the container that are compared. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, request as httpRequest } from 'node:http';
import { createInterface } from 'node:readline';

/** One client's connection, whichever way it goes. */
export interface Client {
  readonly pid: number | undefined;
  /** Resolves with the answer to a message that has an id. */
  request(message: { id: number; method: string; params: object }): Promise<void>;
  notify(message: { method: string }): Promise<void>;
  close(): Promise<void>;
}

export interface Peer {
  readonly name: string;
  open(): Promise<Client>;
}

export const initialize = (id: number) => ({
  id,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'bench', version: '1' } },
});

export const call = (id: number) => ({
  id,
  method: 'tools/call',
  params: { name: 'echo', arguments: { text: 'The quick brown fox jumps over the lazy dog.' } },
});

/** A stdio program, spoken to as a client does. */
export function stdioPeer(name: string, args: readonly string[], env: NodeJS.ProcessEnv): Peer {
  return {
    name,
    open() {
      const child: ChildProcess = spawn(process.execPath, args, { env, stdio: ['pipe', 'pipe', 'ignore'] });
      const waiting = new Map<number, () => void>();
      if (child.stdout === null || child.stdin === null) throw new Error(`${name} has no pipes`);
      const { stdin, stdout } = child;
      createInterface({ input: stdout }).on('line', (line) => {
        const { id } = JSON.parse(line) as { id?: number };
        if (id === undefined) return;
        waiting.get(id)?.();
        waiting.delete(id);
      });
      const write = (message: object) => stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
      return Promise.resolve({
        pid: child.pid,
        request: (message) =>
          new Promise((resolve) => {
            waiting.set(message.id, resolve);
            write(message);
          }),
        notify(message) {
          write(message);
          return Promise.resolve();
        },
        async close() {
          const ended = once(child, 'exit');
          stdin.end();
          const timer = setTimeout(() => child.kill(), 3_000);
          await ended;
          clearTimeout(timer);
        },
      });
    },
  };
}

/** No bridge at all: what a client that speaks HTTP itself would see. */
export function directPeer(url: URL): Peer {
  return {
    name: 'direct HTTP',
    open() {
      const agent = new Agent({ keepAlive: true, maxSockets: 64 });
      let session: string | undefined;
      const post = (message: object) =>
        new Promise<void>((resolve, reject) => {
          const body = JSON.stringify({ jsonrpc: '2.0', ...message });
          const headers = {
            'content-type': 'application/json',
            accept: 'application/json, text/event-stream',
            'content-length': Buffer.byteLength(body),
            ...(session !== undefined && { 'mcp-session-id': session }),
          };
          const request = httpRequest(url, { method: 'POST', agent, headers }, (response) => {
            const id = response.headers['mcp-session-id'];
            if (typeof id === 'string') session = id;
            const chunks: Buffer[] = [];
            response.on('data', (chunk: Buffer) => chunks.push(chunk));
            response.on('end', () => {
              if (chunks.length > 0) JSON.parse(Buffer.concat(chunks).toString());
              resolve();
            });
          });
          request.on('error', reject);
          request.end(body);
        });
      return Promise.resolve({
        pid: undefined,
        request: post,
        notify: post,
        close() {
          agent.destroy();
          return Promise.resolve();
        },
      });
    },
  };
}
