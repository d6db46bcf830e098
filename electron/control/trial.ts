/** A small MCP client inside the core, for `fairlead tools`, `call` and `doctor`: it goes the way of every client. */
import { Buffer } from 'node:buffer';
import { z } from 'zod';
import { toolSummary } from '../../shared/control.ts';
import { asFairleadError, FairleadError, reportedError, type ErrorReport } from '../../shared/errors.ts';

/** A session inside the core that behaves as a stdio endpoint does. */
export interface Loopback {
  /** One JSON-RPC message, without its newline. */
  write(line: Uint8Array): void;
  /** To be called once. `own`: an error of the core's, not the container's. */
  onMessage(receive: (message: Uint8Array, own: boolean) => void): void;
  /** Told when the session has ended by itself. */
  onClosed?(closed: () => void): void;
  close(): void;
}

export interface Trial {
  readonly server: { readonly name: string; readonly version: string } | undefined;
  readonly protocolVersion: string;
  listTools(): Promise<z.infer<typeof toolSummary>[]>;
  /** @returns the container's own CallToolResult */
  callTool(name: string, args: Record<string, unknown>): Promise<unknown>;
  /** Resolves once the container answers. By then it has also taken what was sent before. */
  ping(): Promise<void>;
  close(): void;
}

const protocolVersion = '2025-11-25';
/** A server whose cursor never ends is cut off here. */
const maxPages = 100;

const initializeResult = z.object({
  protocolVersion: z.string(),
  serverInfo: z.object({ name: z.string(), version: z.string() }).optional().catch(undefined),
});
const toolsPage = z.object({ tools: z.array(toolSummary), nextCursor: z.string().optional() });
const incoming = z.object({
  id: z.union([z.number(), z.string()]).nullish(),
  method: z.string().optional(),
  result: z.unknown().optional(),
  error: z.object({ code: z.number(), data: z.unknown().optional() }).catch({ code: 0 }).optional(),
});
const ownError = z.object({
  code: z.string(),
  message: z.string(),
  help: z.string().optional(),
  url: z.string().optional(),
});

interface Waiting {
  resolve(result: unknown): void;
  reject(error: FairleadError): void;
}

/**
 * Begins a session: `initialize` and `notifications/initialized`.
 * @param timeoutMs for each request, on top of what the session itself allows
 * @throws FairleadError remote_error, timed_out, protocol_violation, or what the session failed with
 */
export async function openTrial(
  loopback: Loopback,
  options: { version: string; timeoutMs: number },
): Promise<Trial> {
  const rpc = createRpc(loopback, options.timeoutMs);
  try {
    const answer = await rpc.request('initialize', {
      protocolVersion,
      capabilities: {},
      clientInfo: { name: 'Fairlead', version: options.version },
    });
    const { serverInfo, protocolVersion: agreed } = shaped(initializeResult, answer);
    rpc.notify('notifications/initialized');
    return {
      server: serverInfo,
      protocolVersion: agreed,
      listTools: () => listTools(rpc),
      callTool: (name, args) => rpc.request('tools/call', { name, arguments: args }),
      ping: async () => {
        await rpc.request('ping', {});
      },
      close: () => rpc.close(),
    };
  } catch (thrown) {
    rpc.close();
    throw thrown;
  }
}

async function listTools(rpc: Rpc): Promise<z.infer<typeof toolSummary>[]> {
  const tools: z.infer<typeof toolSummary>[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < maxPages; page += 1) {
    const answer = await rpc.request('tools/list', cursor === undefined ? {} : { cursor });
    const { tools: some, nextCursor } = shaped(toolsPage, answer);
    tools.push(...some);
    if (nextCursor === undefined || nextCursor === cursor) return tools;
    cursor = nextCursor;
  }
  return tools;
}

interface Rpc {
  request(method: string, params: unknown): Promise<unknown>;
  notify(method: string): void;
  close(): void;
}

function createRpc(loopback: Loopback, timeoutMs: number): Rpc {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let ended = false;

  const send = (message: object) =>
    loopback.write(Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message })));

  const end = (error: FairleadError) => {
    ended = true;
    for (const each of waiting.values()) each.reject(error);
    waiting.clear();
  };

  loopback.onMessage((bytes, own) => {
    const parsed = incoming.safeParse(parseJson(bytes));
    if (!parsed.success) return;
    const { id, method, result, error } = parsed.data;
    if (method !== undefined) {
      // This client offers nothing to a server (MCP 2025-11-25, Lifecycle: capabilities), but it is alive.
      if (id === undefined || id === null) return;
      send(
        method === 'ping' ? { id, result: {} } : { id, error: { code: -32601, message: 'Method not found' } },
      );
      return;
    }
    const request = typeof id === 'number' ? waiting.get(id) : undefined;
    if (request === undefined) return;
    if (error === undefined) request.resolve(result);
    else request.reject(own ? ownErrorOf(error.data) : remoteError(error.code));
  });
  loopback.onClosed?.(() =>
    end(new FairleadError('connection_lost', 'The session with the container has ended.')),
  );

  return {
    request(method, params) {
      lastId += 1;
      const id = lastId;
      return new Promise((resolve, reject) => {
        if (ended) {
          reject(new FairleadError('connection_lost', 'The session with the container has ended.'));
          return;
        }
        const timer = setTimeout(() => {
          send({ method: 'notifications/cancelled', params: { requestId: id } });
          settle(() => reject(new FairleadError('timed_out', 'The container did not answer in time.')));
        }, timeoutMs);
        const settle = (outcome: () => void) => {
          clearTimeout(timer);
          waiting.delete(id);
          outcome();
        };
        waiting.set(id, {
          resolve: (result) => settle(() => resolve(result)),
          reject: (error) => settle(() => reject(error)),
        });
        send({ id, method, params });
      });
    },
    notify: (method) => send({ method }),
    close() {
      end(new FairleadError('cancelled', 'The session was closed.'));
      loopback.close();
    },
  };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}

/** Of the core's own error, as it was before it became JSON-RPC. */
function ownErrorOf(data: unknown): FairleadError {
  const report = ownError.safeParse(data);
  return report.success ? reportedError(report.data as ErrorReport) : asFairleadError(data);
}

/** Of a container's error only the code is passed on: what else it says could pass for words of ours. */
function remoteError(code: number): FairleadError {
  return new FairleadError('remote_error', `The container answered with JSON-RPC error ${code}.`, {
    help: 'Check the name and the arguments; `fairlead doctor <name>` looks at the rest.',
  });
}

function shaped<T>(schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new FairleadError('protocol_violation', 'The container answered with something that is not MCP.', {
    cause: parsed.error,
  });
}
