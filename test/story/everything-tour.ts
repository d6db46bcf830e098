/** One client's tour through everything that the reference server has. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTaskStore } from '@modelcontextprotocol/sdk/experimental/tasks/stores/in-memory.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import {
  CallToolResultSchema,
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  ListRootsRequestSchema,
  type Result,
} from '@modelcontextprotocol/sdk/types.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { record, type Transcript } from './transcript.ts';

/** Long enough for a log message that follows its cause over another stream. */
const lastMessagesMs = 300;

/** Arguments for each tool; one that is missing here is called with none. */
const argumentsOf: Record<string, Record<string, unknown>[]> = {
  echo: [{ message: 'Grüße 👋 "quoted" \u2028 \\ /' }, {}],
  'get-annotated-message': [{ messageType: 'error', includeImage: true }, { messageType: 'debug' }],
  'get-resource-links': [{ count: 10 }],
  'get-resource-reference': [
    { resourceType: 'Text', resourceId: 2 },
    { resourceType: 'Blob', resourceId: 3 },
  ],
  'get-structured-content': [{ location: 'Chicago' }, { location: 'Nowhere' }],
  'get-sum': [{ a: 0.1, b: 0.2 }],
  'gzip-file-as-resource': [
    { name: 'a.gz', data: 'data:text/plain,hello%20there', outputType: 'resource' },
    { name: 'b.gz', data: 'data:text/plain,hello%20again', outputType: 'resourceLink' },
  ],
  'trigger-long-running-operation': [{ duration: 0.5, steps: 5 }],
  'trigger-sampling-request': [{ prompt: 'Write a haiku', maxTokens: 20 }],
  'trigger-sampling-request-async': [{ prompt: 'Write a haiku', maxTokens: 20 }],
  'trigger-url-elicitation': [
    { url: 'https://example.com/sign-in', elicitationId: 'first' },
    { url: 'https://example.com/sign-in', elicitationId: 'second', errorPath: true },
  ],
};
/** Their messages are waited for, or they need more than a call. */
const separately = new Set([
  'toggle-simulated-logging',
  'toggle-subscriber-updates',
  'simulate-research-query',
]);

export async function takeTour(transport: Transport): Promise<Transcript> {
  const recorder = record(transport);
  const roots = [{ uri: 'file:///one', name: 'one' }];
  const client = createClient(() => roots);
  await client.connect(transport);
  await recorder.heard('notifications/message', 'Roots updated');

  const call = (name: string, args: Record<string, unknown> = {}) =>
    outcome(client.callTool({ name, arguments: args }, undefined, { onprogress: () => undefined }));

  await client.ping();
  await client.setLoggingLevel('debug');
  const { tools } = await client.listTools();
  for (const { name } of tools.filter((tool) => !separately.has(tool.name))) {
    for (const args of argumentsOf[name] ?? [{}]) await call(name, args);
  }
  await call('no-such-tool');
  await call('toggle-simulated-logging');
  await recorder.heard('notifications/message', '<level>');
  await call('toggle-simulated-logging');
  await research(client);

  await visitResources(client);
  const uri = 'demo://resource/dynamic/text/1';
  await client.subscribeResource({ uri });
  await recorder.heard('notifications/message', 'Received Subscribe');
  await call('toggle-subscriber-updates');
  await recorder.heard('notifications/resources/updated', uri);
  await call('toggle-subscriber-updates');
  await client.unsubscribeResource({ uri });
  await recorder.heard('notifications/message', 'Received Unsubscribe');

  await visitPrompts(client);
  roots.push({ uri: 'file:///two', name: 'two' });
  await client.sendRootsListChanged();
  await recorder.heard('notifications/message', 'Roots updated', 2);
  await outcome(client.request({ method: 'no/such/method' }, CallToolResultSchema));
  await sleep(lastMessagesMs);
  await client.close();
  return recorder.transcript;
}

/** Answers what the server asks: at once, or as a task when it wants one. */
function createClient(roots: () => { uri: string; name: string }[]): Client {
  const client = new Client(
    { name: 'tour', version: '1' },
    {
      taskStore: new InMemoryTaskStore(),
      capabilities: {
        roots: { listChanged: true },
        sampling: {},
        elicitation: { form: {}, url: {} },
        tasks: {
          list: {},
          cancel: {},
          requests: { sampling: { createMessage: {} }, elicitation: { create: {} } },
        },
      },
    },
  );
  client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: roots() }));
  client.setRequestHandler(CreateMessageRequestSchema, async ({ params }, { taskStore }) => {
    const result = {
      role: 'assistant',
      model: 'none',
      content: { type: 'text', text: 'An old pond' },
    } as const;
    return params.task === undefined ? result : laterAs(result, taskStore);
  });
  client.setRequestHandler(ElicitRequestSchema, async ({ params }, { taskStore }) => {
    const form = { name: 'Ada', check: true, favoriteColor: 'Red', interpretation: 'snake' };
    const result: Result = 'url' in params ? { action: 'accept' } : { action: 'accept', content: form };
    return params.task === undefined ? result : laterAs(result, taskStore);
  });
  return client;
}

interface Tasks {
  createTask(params: { ttl: number; pollInterval: number }): Promise<{ taskId: string }>;
  storeTaskResult(taskId: string, status: 'completed', result: Result): Promise<void>;
}

async function laterAs(result: Result, tasks: Tasks | undefined): Promise<Result> {
  if (tasks === undefined) throw new Error('The client keeps no tasks.');
  const task = await tasks.createTask({ ttl: 60_000, pollInterval: 100 });
  await tasks.storeTaskResult(task.taskId, 'completed', result);
  return { task };
}

async function research(client: Client): Promise<void> {
  const stream = client.experimental.tasks.callToolStream(
    { name: 'simulate-research-query', arguments: { topic: 'python', ambiguous: true } },
    CallToolResultSchema,
    { task: { ttl: 60_000 } },
  );
  // The recorder sees what comes; the stream only has to be followed to its end.
  for await (const { type } of stream) if (type === 'error') return;
}

async function visitResources(client: Client): Promise<void> {
  const { resources } = await client.listResources();
  for (const { uri } of resources) await client.readResource({ uri });
  await client.listResourceTemplates();
  for (const uri of ['demo://resource/dynamic/text/7', 'demo://resource/dynamic/blob/8', 'demo://nowhere']) {
    await outcome(client.readResource({ uri }));
  }
  await client.complete({
    ref: { type: 'ref/resource', uri: 'demo://resource/dynamic/text/{resourceId}' },
    argument: { name: 'resourceId', value: '1' },
  });
}

async function visitPrompts(client: Client): Promise<void> {
  await client.listPrompts();
  const prompts: [string, Record<string, string>][] = [
    ['simple-prompt', {}],
    ['args-prompt', { city: 'Ulm', state: 'BW' }],
    ['completable-prompt', { department: 'Sales', name: 'David' }],
    ['resource-prompt', { resourceType: 'Blob', resourceId: '4' }],
    ['args-prompt', {}],
    ['no-such-prompt', {}],
  ];
  for (const [name, args] of prompts) await outcome(client.getPrompt({ name, arguments: args }));
  await client.complete({
    ref: { type: 'ref/prompt', name: 'completable-prompt' },
    argument: { name: 'name', value: '' },
    context: { arguments: { department: 'Engineering' } },
  });
}

/** Errors are part of the tour, and the recorder has them. */
async function outcome(step: Promise<unknown>): Promise<void> {
  await step.catch(() => undefined);
}
