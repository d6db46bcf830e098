/** A real MCP server of the official SDK that speaks the protocol of either era, or of both, over HTTP. */
import { getRequestListener } from '@hono/node-server';
import {
  acceptedContent,
  createMcpHandler,
  inputRequired,
  inputResponse,
  McpServer,
  ResourceNotFoundError,
  ResourceTemplate,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

export interface EraServer extends AsyncDisposable {
  readonly url: URL;
  /** `POST tools/call` …, as the headers name them, in the order they came. */
  readonly seen: string[];
  /** How calls of `wait` ended. */
  readonly waits: { begun: number; aborted: number };
  /** Tells those who listen. */
  toolsChanged(): void;
  noteChanged(uri: string): void;
}

/** One that speaks `newer` refuses `initialize`; one that speaks `older` knows nothing of 2026-07-28, and has sessions. */
export type Speaks = 'older' | 'newer' | 'both';

export async function startEraServer(speaks: Speaks): Promise<EraServer> {
  const waits = { begun: 0, aborted: 0 };
  const sessions = new Map<
    string,
    { transport: WebStandardStreamableHTTPServerTransport; server: McpServer }
  >();
  const serveInSession = async (request: Request): Promise<Response> => {
    const known = sessions.get(request.headers.get('mcp-session-id') ?? '');
    if (known !== undefined) return known.transport.handleRequest(request);
    const server = createMcpServer(waits);
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, { transport, server }),
    });
    await server.connect(transport);
    return transport.handleRequest(request);
  };
  const handler = createMcpHandler(() => createMcpServer(waits), {
    legacy: speaks === 'newer' ? 'reject' : 'stateless',
  });
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const listener = getRequestListener(
    speaks === 'older' ? serveInSession : (request) => handler.fetch(request),
    {
      overrideGlobalObjects: false,
    },
  );
  const server = createServer((request, response) => {
    seen.push([request.method, request.headers['mcp-method']].filter(Boolean).join(' '));
    void listener(request, response);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: new URL(`http://127.0.0.1:${port}/mcp`),
    seen,
    waits,
    toolsChanged() {
      handler.notify.toolsChanged();
      for (const each of sessions.values()) each.server.sendToolListChanged();
    },
    noteChanged(uri) {
      handler.notify.resourceUpdated(uri);
      // Those that have ended refuse it.
      for (const each of sessions.values())
        each.server.server.sendResourceUpdated({ uri }).catch(() => undefined);
    },
    async [Symbol.asyncDispose]() {
      await handler.close();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function createMcpServer(waits: { begun: number; aborted: number }): McpServer {
  const server = new McpServer(
    { name: 'modern', version: '1.0.0' },
    {
      capabilities: {
        tools: { listChanged: true },
        resources: { subscribe: true, listChanged: true },
        prompts: {},
        logging: {},
      },
      instructions: 'Everything that a test needs.',
    },
  );
  const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });

  server.registerTool('echo', { inputSchema: z.object({ text: z.string() }) }, ({ text: value }) =>
    text(value),
  );
  server.registerTool(
    'routed',
    {
      inputSchema: z.object({
        region: z.string().meta({ 'x-mcp-header': 'Region' }),
        level: z.int().optional().meta({ 'x-mcp-header': 'Level' }),
        note: z.string().optional(),
      }),
    },
    (args) => text(JSON.stringify(args)),
  );
  server.registerTool('steps', { inputSchema: z.object({ count: z.int() }) }, async ({ count }, context) => {
    const progressToken = context.mcpReq._meta?.progressToken;
    for (let step = 1; step <= count && progressToken !== undefined; step += 1) {
      await context.mcpReq.notify({
        method: 'notifications/progress',
        params: { progressToken, progress: step, total: count },
      });
      await sleep(20);
    }
    return text(`${count} steps`);
  });
  server.registerTool('ask', { inputSchema: z.object({}) }, (_args, context) => {
    const schema = z.object({ name: z.string() });
    const told = acceptedContent(context.mcpReq.inputResponses, 'name', schema);
    if (told !== undefined) return text(`Hello, ${told.name}`);
    const question = inputRequired.elicit({ message: 'Who is there?', requestedSchema: schema });
    return inputRequired({ inputRequests: { name: question }, requestState: 'opaque' });
  });
  server.registerTool('ask-all', { inputSchema: z.object({}) }, (_args, context) => {
    const { inputResponses } = context.mcpReq;
    const answers = ['sampled', 'roots', 'link'].map((key) => inputResponse(inputResponses, key));
    if (answers.every(({ kind }) => kind !== 'missing')) {
      const said = answers.map((each) => (each.kind === 'sampling' ? each.result.content : each));
      return text(JSON.stringify(said));
    }
    const message = { role: 'user' as const, content: { type: 'text' as const, text: 'How are you?' } };
    return inputRequired({
      inputRequests: {
        sampled: inputRequired.createMessage({ messages: [message], maxTokens: 10 }),
        roots: inputRequired.listRoots(),
        link: inputRequired.elicitUrl({ message: 'Agree', url: 'https://example.com/consent' }),
      },
    });
  });
  server.registerTool('log', { inputSchema: z.object({}) }, async (_args, { mcpReq }) => {
    for (const level of ['debug', 'error'] as const) {
      const params = { level, data: { said: level }, logger: 'test' };
      await mcpReq.notify({ method: 'notifications/message', params });
    }
    return text('logged');
  });
  server.registerTool('wait', { inputSchema: z.object({}) }, async (_args, context) => {
    waits.begun += 1;
    try {
      await sleep(60_000, undefined, { signal: context.mcpReq.signal });
    } catch {
      waits.aborted += 1;
    }
    return text('waited');
  });
  server.registerTool('fail', { inputSchema: z.object({}) }, () => {
    throw new Error('It does not work.');
  });
  server.registerResource(
    'note',
    new ResourceTemplate('note://{id}', { list: undefined }),
    {},
    (uri, { id }) => {
      if (id === 'none') throw new ResourceNotFoundError(uri.href);
      return { contents: [{ uri: uri.href, mimeType: 'text/plain', text: `Grüße ${String(id)}` }] };
    },
  );
  // What a client is told of is what `noteChanged` says, whoever has subscribed.
  server.server.setRequestHandler('resources/subscribe', () => ({}));
  server.server.setRequestHandler('resources/unsubscribe', () => ({}));
  server.registerPrompt('greet', { argsSchema: z.object({ name: z.string() }) }, ({ name }) => ({
    messages: [{ role: 'user', content: { type: 'text', text: `Greet ${name}` } }],
  }));
  return server;
}
