/** What only the scenarios of the newer era ask for: results that ask, and changes that are listened to. */
import {
  acceptedContent,
  CLIENT_CAPABILITIES_META_KEY,
  inputRequired,
  inputResponse,
  type CallToolResult,
  type ClientCapabilities,
  type InputRequiredResult,
  type McpServer,
  type RequestStateCodec,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';

export interface NewerDeps {
  readonly states: RequestStateCodec;
  readonly changes: { tools(): void; prompts(): void };
}

const text = (value: string): CallToolResult => ({ content: [{ type: 'text', text: value }] });

const named = z.object({ name: z.string() });
const coloured = z.object({ color: z.string() });
const agreed = z.object({ ok: z.boolean() });
const told = z.object({ context: z.string() });

const askName = inputRequired.elicit({ message: 'What is your name?', requestedSchema: named });
const askColour = inputRequired.elicit({
  message: 'What is your favourite colour?',
  requestedSchema: coloured,
});
const confirm = inputRequired.elicit({ message: 'Please confirm.', requestedSchema: agreed });
const askContext = inputRequired.elicit({ message: 'What is it about?', requestedSchema: told });
const listRoots = inputRequired.listRoots();
const askModel = (question: string) =>
  inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text: question } }],
    maxTokens: 50,
  });

type Handler = (
  context: ServerContext,
) => CallToolResult | InputRequiredResult | Promise<CallToolResult | InputRequiredResult>;

export function addNewerTools(server: McpServer, { states, changes }: NewerDeps): void {
  const offer = (name: string, handler: Handler) =>
    server.registerTool(
      name,
      { description: 'Asks, or tells', inputSchema: z.object({}) },
      (_args, context) => handler(context),
    );

  offer('test_input_required_result_elicitation', ({ mcpReq }) => {
    const answer = acceptedContent(mcpReq.inputResponses, 'user_name', named);
    if (answer === undefined) return inputRequired({ inputRequests: { user_name: askName } });
    return text(`Hello, ${answer.name}!`);
  });
  offer('test_input_required_result_sampling', ({ mcpReq }) => {
    const answer = inputResponse(mcpReq.inputResponses, 'capital_question');
    if (answer.kind === 'sampling') return text(JSON.stringify(answer.result.content));
    return inputRequired({ inputRequests: { capital_question: askModel('What is the capital of France?') } });
  });
  offer('test_input_required_result_list_roots', ({ mcpReq }) => {
    const answer = inputResponse(mcpReq.inputResponses, 'client_roots');
    if (answer.kind === 'roots') return text(JSON.stringify(answer.roots));
    return inputRequired({ inputRequests: { client_roots: listRoots } });
  });
  for (const name of ['request_state', 'tampered_state'])
    offer(`test_input_required_result_${name}`, async ({ mcpReq }) => {
      const isKnown = mcpReq.requestState() === 'begun';
      if (isKnown && acceptedContent(mcpReq.inputResponses, 'confirm', agreed) !== undefined)
        return text('state-ok');
      return inputRequired({ inputRequests: { confirm }, requestState: await states.mint('begun') });
    });
  offer('test_input_required_result_multiple_inputs', async ({ mcpReq }) => {
    const inputRequests = { user_name: askName, greeting: askModel('Greet them.'), client_roots: listRoots };
    const isAnswered = Object.keys(inputRequests).every((key) => mcpReq.inputResponses?.[key] !== undefined);
    if (isAnswered) return text('All is told.');
    return inputRequired({ inputRequests, requestState: await states.mint('asked') });
  });
  offer('test_input_required_result_multi_round', async ({ mcpReq }) => {
    const { inputResponses } = mcpReq;
    const known = mcpReq.requestState<string>();
    const colour = acceptedContent(inputResponses, 'step2', coloured)?.color;
    if (known !== undefined && colour !== undefined) return text(`${known} likes ${colour}.`);
    const name = acceptedContent(inputResponses, 'step1', named)?.name;
    if (name === undefined)
      return inputRequired({ inputRequests: { step1: askName }, requestState: await states.mint('') });
    return inputRequired({ inputRequests: { step2: askColour }, requestState: await states.mint(name) });
  });
  offer('test_input_required_result_capabilities', ({ mcpReq }) => {
    const can = capabilitiesIn(mcpReq);
    return inputRequired({
      inputRequests: {
        ...(can.elicitation !== undefined && { user_name: askName }),
        ...(can.sampling !== undefined && { greeting: askModel('Greet them.') }),
      },
    });
  });
  // The SDK refuses what a client could not answer.
  offer('test_missing_capability', () =>
    inputRequired({ inputRequests: { greeting: askModel('Greet them.') } }),
  );
  offer('test_streaming_elicitation', async ({ mcpReq }) => {
    await log(mcpReq, 'It is going to ask.');
    return inputRequired({ inputRequests: { user_name: askName } });
  });
  offer('test_logging_tool', async ({ mcpReq }) => {
    await log(mcpReq, 'It was called.');
    return text('Logged.');
  });
  offer('test_trigger_tool_change', () => {
    changes.tools();
    return text('Changed.');
  });
  offer('test_trigger_prompt_change', () => {
    changes.prompts();
    return text('Changed.');
  });
  server.registerTool(
    'test_custom_header',
    {
      description: 'Is called with a header',
      inputSchema: z.object({ region: z.string().optional().meta({ 'x-mcp-header': 'Region' }) }),
    },
    ({ region }) => text(region ?? 'none'),
  );
  server.registerPrompt('test_input_required_result_prompt', { description: 'Asks' }, ({ mcpReq }) => {
    const context = acceptedContent(mcpReq.inputResponses, 'user_context', told)?.context;
    if (context === undefined) return inputRequired({ inputRequests: { user_context: askContext } });
    return { messages: [{ role: 'user', content: { type: 'text', text: context } }] };
  });
}

/** Nothing is logged for a client that names no level. */
async function log({ envelope = {}, notify }: ServerContext['mcpReq'], data: string): Promise<void> {
  if ('io.modelcontextprotocol/logLevel' in envelope)
    await notify({ method: 'notifications/message', params: { level: 'info', data } });
}

function capabilitiesIn({ envelope = {} }: ServerContext['mcpReq']): ClientCapabilities {
  return (
    (envelope as { [CLIENT_CAPABILITIES_META_KEY]?: ClientCapabilities })[CLIENT_CAPABILITIES_META_KEY] ?? {}
  );
}
