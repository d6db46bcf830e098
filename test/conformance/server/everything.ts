/** The server that the suites' server scenarios are about: the official SDK's, of both eras, with what they name. */
import {
  createMcpHandler,
  createRequestStateCodec,
  isLegacyRequest,
  McpServer,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import { randomBytes, randomUUID } from 'node:crypto';
import { addContents } from './contents.ts';
import { addNewerTools } from './newer-tools.ts';
import { addOlderTools } from './older-tools.ts';
import { serve, type Serving } from './serve.ts';

export async function startEverything(): Promise<Serving> {
  const states = createRequestStateCodec({ key: randomBytes(32) });
  const changes = {
    tools: () => handler.notify.toolsChanged(),
    prompts: () => handler.notify.promptsChanged(),
  };
  const create = (era: 'legacy' | 'modern') => {
    const server = new McpServer(
      { name: 'everything', version: '1.0.0' },
      {
        capabilities: {
          tools: { listChanged: true },
          resources: { subscribe: true, listChanged: true },
          prompts: { listChanged: true },
          completions: {},
          logging: {},
        },
        requestState: { verify: (state, context) => states.verify(state, context) },
      },
    );
    addContents(server);
    if (era === 'legacy') addOlderTools(server);
    else addNewerTools(server, { states, changes });
    return server;
  };
  const handler = createMcpHandler(() => create('modern'), { legacy: 'reject' });
  const sessions = new Map<string, WebStandardStreamableHTTPServerTransport>();
  const inSession = async (request: Request): Promise<Response> => {
    const id = request.headers.get('mcp-session-id');
    const known = id === null ? undefined : sessions.get(id);
    if (known !== undefined) return known.handleRequest(request);
    if (id !== null) return new Response('No such session', { status: 404 });
    const transport = new WebStandardStreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (begun) => void sessions.set(begun, transport),
      onsessionclosed: (ended) => void sessions.delete(ended),
    });
    await create('legacy').connect(transport);
    return transport.handleRequest(request);
  };
  const serving = await serve(async (request) =>
    (await isLegacyRequest(request)) ? inSession(request) : handler.fetch(request),
  );
  return {
    url: serving.url,
    async [Symbol.asyncDispose]() {
      await handler.close();
      await serving[Symbol.asyncDispose]();
    },
  };
}
