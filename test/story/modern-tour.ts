/** One client's tour through a server of MCP 2026-07-28, written down message by message. */
import { Client, type Transport } from '@modelcontextprotocol/client';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ModernServer } from '../support/modern-server.ts';

/** Methods with what each was answered; and what was told beside that. */
export interface ModernTranscript {
  readonly outcomes: [what: string, outcome: unknown][];
  readonly notifications: unknown[];
  readonly era: string | undefined;
}

export async function takeModernTour(transport: Transport, server: ModernServer): Promise<ModernTranscript> {
  const outcomes: [string, unknown][] = [];
  const notifications: unknown[] = [];
  const client = new Client(
    { name: 'tour', version: '1' },
    { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: 'auto' } },
  );
  client.setRequestHandler('elicitation/create', ({ params }) => {
    notifications.push(['asked', params]);
    return { action: 'accept', content: { name: 'Ada' } };
  });
  for (const method of ['notifications/tools/list_changed', 'notifications/resources/updated'] as const) {
    client.setNotificationHandler(method, ({ params }) => {
      notifications.push([method, withoutSubscription(params)]);
    });
  }
  const note = async (what: string, asked: Promise<unknown>) => {
    outcomes.push([what, await asked.catch((thrown: unknown) => failureOf(thrown))]);
  };

  await client.connect(transport);
  outcomes.push([
    'server',
    [client.getServerVersion(), client.getServerCapabilities(), client.getInstructions()],
  ]);
  await note('tools', client.listTools());
  await note('echo', client.callTool({ name: 'echo', arguments: { text: 'Grüße 👋 \u2028 "' } }));
  await note('routed', client.callTool({ name: 'routed', arguments: { region: ' ümlaut ', level: 42 } }));
  await note('routed half', client.callTool({ name: 'routed', arguments: { region: 'eu', note: 'x' } }));
  await note('invalid', client.callTool({ name: 'routed', arguments: { region: 'eu', level: 'x' } }));
  await note('unknown', client.callTool({ name: 'no-such-tool', arguments: {} }));
  await note('fail', client.callTool({ name: 'fail', arguments: {} }));
  await note('ask', client.callTool({ name: 'ask', arguments: {} }));
  const steps = client.callTool(
    { name: 'steps', arguments: { count: 3 } },
    { onprogress: (progress) => void notifications.push(['progress', progress]) },
  );
  await note('steps', steps);
  await note('templates', client.listResourceTemplates());
  await note('read', client.readResource({ uri: 'note://1' }));
  await note('read none', client.readResource({ uri: 'note://none' }));
  await note('prompts', client.listPrompts());
  await note('greet', client.getPrompt({ name: 'greet', arguments: { name: 'Ada' } }));

  const cancelled = new AbortController();
  const waiting = note(
    'wait',
    client.callTool({ name: 'wait', arguments: {} }, { signal: cancelled.signal }),
  );
  while (server.waits.begun === 0) await sleep(5);
  cancelled.abort('enough');
  await waiting;
  while (server.waits.aborted === 0) await sleep(5);

  const heard = async (count: number) => {
    while (notifications.length < count) await sleep(5);
  };
  const subscription = await client.listen({ toolsListChanged: true, resourceSubscriptions: ['note://1'] });
  outcomes.push(['listen', subscription.honoredFilter]);
  const before = notifications.length;
  server.toolsChanged();
  await heard(before + 1);
  server.noteChanged('note://2');
  server.noteChanged('note://1');
  await heard(before + 2);
  await subscription.close();
  outcomes.push(['closed', await subscription.closed]);
  const era = client.getNegotiatedProtocolVersion();
  await client.close();
  return { outcomes, notifications, era };
}

function failureOf(thrown: unknown): unknown {
  const { code, message, data } = thrown as { code?: unknown; message?: unknown; data?: unknown };
  return { code, message, data };
}

function withoutSubscription(params: unknown): unknown {
  return JSON.parse(JSON.stringify(params ?? {})) as unknown;
}
