/** Tools that try a connection: a slow answer, a big one, and who the guard takes the caller for. */
import { setTimeout as delay } from 'node:timers/promises';
import type { McpServer, ServerContext } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { Caller } from '../guard/caller.ts';
import { answer } from './answers.ts';

const annotations = { readOnlyHint: true, openWorldHint: false };

export function registerTrialTools(server: McpServer, caller: Caller): void {
  server.registerTool(
    'slow_job',
    {
      title: 'Slow job',
      description:
        'Does nothing for the given time, in equal steps. Reports progress after each step when asked to, and stops at once when cancelled.',
      inputSchema: z.object({
        seconds: z.number().min(0).max(3_600).default(5).describe('How long the whole job takes.'),
        steps: z.int().min(1).max(1_000).default(5).describe('Into how many steps it is divided.'),
      }),
      annotations,
    },
    async ({ seconds, steps }, context) => {
      for (let step = 1; step <= steps; step += 1) {
        await delay((seconds * 1_000) / steps, undefined, { signal: context.mcpReq.signal });
        await reportProgress(context, step, steps);
      }
      return answer(`Done: ${steps} steps in ${seconds} seconds.`);
    },
  );

  server.registerTool(
    'big_result',
    {
      title: 'Big result',
      description: 'Returns a text of exactly the given size: numbered lines, so that a missing piece shows.',
      inputSchema: z.object({
        kilobytes: z.int().min(1).max(32_768).default(256).describe('Size of the text in KiB (1,024 bytes).'),
      }),
      annotations,
    },
    ({ kilobytes }) => answer(numberedLines(kilobytes * 1_024)),
  );

  server.registerTool(
    'whoami',
    {
      title: 'Who am I',
      description:
        'Says what the guard of this container knows of the caller: its mode, and the name of the token or the id of the user.',
      outputSchema: z.object({
        mode: z.string(),
        token: z.string().nullable(),
        user_id: z.string().optional(),
        tenant_id: z.string().optional(),
        permissions: z.array(z.string()).optional(),
      }),
      annotations,
    },
    () => {
      switch (caller.mode) {
        case 'local':
          return answer('Someone on this machine: no token is asked for.', { mode: 'local', token: null });
        case 'token':
          return answer(`The holder of the token ${caller.token}.`, { ...caller });
        case 'platform':
        case 'mtls':
        case 'certificate':
          return answer(`The user ${caller.userId} of the platform.`, {
            mode: caller.mode,
            token: null,
            user_id: caller.userId,
          });
        case 'external':
        case 'oauth':
          return answer(`The user ${caller.userId} of ${caller.tenantId}.`, {
            mode: caller.mode,
            token: null,
            user_id: caller.userId,
            tenant_id: caller.tenantId,
            permissions: caller.permissions,
          });
      }
    },
  );
}

async function reportProgress(context: ServerContext, progress: number, total: number): Promise<void> {
  const progressToken = context.mcpReq._meta?.progressToken;
  if (progressToken === undefined) return;
  const params = { progressToken, progress, total, message: `Step ${progress} of ${total}` };
  await context.mcpReq.notify({ method: 'notifications/progress', params });
}

/** Lines of 64 bytes, each beginning with its number from 0. */
function numberedLines(bytes: number): string {
  const lines: string[] = [];
  for (let number = 0; number * 64 < bytes; number += 1) {
    lines.push(`${String(number).padStart(8, '0')} ${'.'.repeat(54)}\n`);
  }
  return lines.join('');
}
