/** A real MCP client, the official SDK's, that starts Fairlead as Claude Desktop would. */
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { z } from 'zod';
import { FairleadError } from '../../shared/errors.ts';
import { programs } from './programs.ts';

export interface DemoClient {
  connect(): Promise<void>;
  /** Names and what they say of themselves. */
  tools(): Promise<{ name: string; description: string }[]>;
  /** @returns the text of the answer, and how long it took, in ms */
  call(tool: string): Promise<{ text: string; ms: number }>;
  /** Resolves once the endpoint has ended. */
  close(): Promise<void>;
}

const textBlocks = z.array(z.looseObject({ text: z.string().catch('') }));

/**
 * @param options.env must name the profile: the SDK hands an endpoint little else
 * @param options.interrupt ends whatever it waits for
 */
export function createClient(
  name: string,
  { env, interrupt: signal }: { env: NodeJS.ProcessEnv; interrupt: AbortSignal },
): DemoClient {
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [programs.endpoint, 'stdio', name],
    env: z.record(z.string(), z.string()).parse(env),
    stderr: 'inherit',
  });
  const client = new Client({ name: 'fairlead-demo', version: '1.0.0' });
  let ended: Promise<void> | undefined;
  const attempt = async <T>(doing: string, what: Promise<T>) => {
    try {
      return await what;
    } catch (cause) {
      throw new FairleadError('remote_error', `The MCP client could not ${doing}.`, { cause });
    }
  };
  return {
    connect() {
      ended = new Promise((resolve) => (transport.onclose = resolve));
      return attempt('connect through Fairlead', client.connect(transport, { signal }));
    },
    async tools() {
      const { tools } = await attempt('list the tools', client.listTools({}, { signal }));
      return tools.map((tool) => ({ name: tool.name, description: tool.description ?? '' }));
    },
    async call(tool) {
      const startedAt = performance.now();
      const answer = await attempt(
        `call ${tool}`,
        client.callTool({ name: tool, arguments: {} }, { signal }),
      );
      const ms = performance.now() - startedAt;
      const text = textBlocks.parse(answer.content).map((block) => block.text);
      if (answer.isError === true) throw new FairleadError('remote_error', `The tool ${tool} failed.`);
      return { text: text.join(' '), ms };
    },
    async close() {
      await client.close();
      await ended;
    },
  };
}
