/** What only the scenarios of the older era ask for: a server that asks, logs, and is subscribed to. */
import type { McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });

type Property = Record<string, unknown>;

const defaults: Record<string, Property> = {
  name: { type: 'string', default: 'John Doe' },
  age: { type: 'integer', default: 30 },
  score: { type: 'number', default: 95.5 },
  status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
  verified: { type: 'boolean', default: true },
};

const options = ['option1', 'option2', 'option3'];
const titled = ['First', 'Second', 'Third'].map((title, index) => ({ const: `value${index + 1}`, title }));
const enums: Record<string, Property> = {
  untitledSingle: { type: 'string', enum: options },
  titledSingle: { type: 'string', oneOf: titled },
  legacyEnum: { type: 'string', enum: ['opt1', 'opt2', 'opt3'], enumNames: ['One', 'Two', 'Three'] },
  untitledMulti: { type: 'array', items: { type: 'string', enum: options } },
  titledMulti: { type: 'array', items: { anyOf: titled } },
};

export function addOlderTools(server: McpServer): void {
  server.server.setRequestHandler('resources/subscribe', () => ({}));
  server.server.setRequestHandler('resources/unsubscribe', () => ({}));
  server.registerTool(
    'test_tool_with_logging',
    { description: 'Logs', inputSchema: z.object({}) },
    async (_args, { mcpReq }) => {
      for (const data of ['Started', 'Going on', 'Completed'])
        await mcpReq.notify({ method: 'notifications/message', params: { level: 'info', data } });
      return text('Logged.');
    },
  );
  server.registerTool(
    'test_sampling',
    { description: 'Asks a model', inputSchema: z.object({ prompt: z.string() }) },
    async ({ prompt }, { mcpReq }) => {
      const { content } = await mcpReq.send({
        method: 'sampling/createMessage',
        params: { messages: [{ role: 'user', content: { type: 'text', text: prompt } }], maxTokens: 100 },
      });
      return text(`The model says ${JSON.stringify(content)}`);
    },
  );
  const asks = (name: string, properties: Record<string, Property>) =>
    server.registerTool(
      name,
      { description: 'Asks the person', inputSchema: z.object({ message: z.string().optional() }) },
      async ({ message = 'Please look at this.' }, { mcpReq }) => {
        const requestedSchema = { type: 'object', properties };
        const { action, content } = await mcpReq.send({
          method: 'elicitation/create',
          params: { mode: 'form', message, requestedSchema },
        });
        return text(`Elicitation completed: action=${action}, content=${JSON.stringify(content ?? {})}`);
      },
    );
  asks('test_elicitation', { response: { type: 'string' } });
  asks('test_elicitation_sep1034_defaults', defaults);
  asks('test_elicitation_sep1330_enums', enums);
}
