/** What the scenarios of both eras ask for: contents of each kind, resources, prompts, progress, a schema. */
import { completable, fromJsonSchema, ResourceTemplate, type McpServer } from '@modelcontextprotocol/server';
import { z } from 'zod';

/** One pixel, and a WAV header without a sound. */
const png =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const wav = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=';

const text = (value: string) => ({ type: 'text' as const, text: value });
const image = { type: 'image' as const, data: png, mimeType: 'image/png' };
const embedded = (uri: string, value: string) => ({
  type: 'resource' as const,
  resource: { uri, mimeType: 'text/plain', text: value },
});
const said = (content: typeof image | ReturnType<typeof text> | ReturnType<typeof embedded>) => ({
  role: 'user' as const,
  content,
});

/** Of every kind of keyword that JSON Schema 2020-12 has and older ones have not. */
const schema2020 = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
};

export function addContents(server: McpServer): void {
  addTools(server);
  addResources(server);
  addPrompts(server);
}

function addTools(server: McpServer): void {
  const offer = (name: string, content: (typeof image | ReturnType<typeof text | typeof embedded>)[]) =>
    server.registerTool(name, { description: `Answers with what ${name} says` }, () => ({ content }));
  offer('test_simple_text', [text('This is a simple text.')]);
  offer('test_image_content', [image]);
  offer('test_embedded_resource', [embedded('test://embedded', 'An embedded resource.')]);
  offer('test_multiple_content_types', [text('Several kinds:'), image, embedded('test://mixed', '{}')]);
  server.registerTool('test_audio_content', { description: 'Answers with a sound' }, () => ({
    content: [{ type: 'audio', data: wav, mimeType: 'audio/wav' }],
  }));
  server.registerTool('test_error_handling', { description: 'Fails' }, () => {
    throw new Error('This tool fails on purpose.');
  });
  server.registerTool(
    'test_tool_with_progress',
    { description: 'Tells how far it is', inputSchema: z.object({}) },
    async (_args, { mcpReq }) => {
      const progressToken = mcpReq._meta?.progressToken;
      for (const progress of progressToken === undefined ? [] : [0, 50, 100]) {
        const params = { progressToken, progress, total: 100 };
        await mcpReq.notify({ method: 'notifications/progress', params });
      }
      return { content: [text('Done.')] };
    },
  );
  server.registerTool(
    'json_schema_2020_12_tool',
    { description: 'Has a schema of 2020-12', inputSchema: fromJsonSchema(schema2020) },
    () => ({ content: [text('Fits.')] }),
  );
}

function addResources(server: McpServer): void {
  const offer = (uri: string, mimeType: string, content: { text: string } | { blob: string }) =>
    server.registerResource(uri, uri, { mimeType }, () => ({ contents: [{ uri, mimeType, ...content }] }));
  offer('test://static-text', 'text/plain', { text: 'This is a static text resource.' });
  offer('test://static-binary', 'image/png', { blob: png });
  offer('test://watched-resource', 'text/plain', { text: 'This one may change.' });
  server.registerResource(
    'template',
    new ResourceTemplate('test://template/{id}/data', { list: undefined }),
    { mimeType: 'application/json' },
    ({ href: uri }, { id }) => ({
      contents: [
        { uri, mimeType: 'application/json', text: JSON.stringify({ id, data: `Data of ${String(id)}` }) },
      ],
    }),
  );
}

function addPrompts(server: McpServer): void {
  server.registerPrompt('test_simple_prompt', { description: 'Says something' }, () => ({
    messages: [said(text('This is a simple prompt.'))],
  }));
  const word = () =>
    completable(z.string(), (begun) => ['paris', 'park', 'party'].filter((each) => each.startsWith(begun)));
  server.registerPrompt(
    'test_prompt_with_arguments',
    { description: 'Says what it is told', argsSchema: z.object({ arg1: word(), arg2: word() }) },
    ({ arg1, arg2 }) => ({ messages: [said(text(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`))] }),
  );
  server.registerPrompt(
    'test_prompt_with_embedded_resource',
    { description: 'Shows a resource', argsSchema: z.object({ resourceUri: z.string() }) },
    ({ resourceUri }) => ({
      messages: [said(embedded(resourceUri, 'Embedded.')), said(text('Process it.'))],
    }),
  );
  server.registerPrompt('test_prompt_with_image', { description: 'Shows an image' }, () => ({
    messages: [said(image), said(text('Analyze it.'))],
  }));
}
