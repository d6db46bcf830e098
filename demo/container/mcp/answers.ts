/** The two forms a tool's answer takes. */
import type { CallToolResult } from '@modelcontextprotocol/server';

/** Text for the model, and the same as data for clients that read it. */
export function answer(text: string, data?: Record<string, unknown>): CallToolResult {
  const content: CallToolResult['content'] = [{ type: 'text', text }];
  return data === undefined ? { content } : { content, structuredContent: data };
}

/** A failure that the model can read and mend. */
export function failure(text: string): CallToolResult {
  return { content: [{ type: 'text', text }], isError: true };
}
