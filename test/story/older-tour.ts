/** A tour of a client of the older era through the server of `modern-server.ts`, written down message by message. */
import { Client, type Transport } from '@modelcontextprotocol/client';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ModernServer } from '../support/modern-server.ts';

export async function takeOlderTour(transport: Transport, server: ModernServer): Promise<unknown> {
  const outcomes: [string, unknown][] = [];
  const notifications: unknown[] = [];
  const client = new Client(
    { name: 'tour', version: '1' },
    { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: 'legacy' } },
  );
  client.setRequestHandler('elicitation/create', ({ params }) => {
    notifications.push(['asked', params]);
    return { action: 'accept', content: { name: 'Ada' } };
  });
  const note = async (what: string, asked: Promise<unknown>) => {
    outcomes.push([what, await asked.catch((thrown: unknown) => failureOf(thrown))]);
  };
  await client.connect(transport);
  outcomes.push([
    'server',
    [client.getServerVersion(), client.getServerCapabilities(), client.getInstructions()],
  ]);
  await note('ping', client.ping());
  await note('level', client.request({ method: 'logging/setLevel', params: { level: 'debug' } }));
  await note('tools', client.listTools());
  await note('echo', client.callTool({ name: 'echo', arguments: { text: 'Grüße 👋 \u2028 "' } }));
  await note('routed', client.callTool({ name: 'routed', arguments: { region: ' ümlaut ', level: 42 } }));
  await note('unknown', client.callTool({ name: 'no-such-tool', arguments: {} }));
  await note('fail', client.callTool({ name: 'fail', arguments: {} }));
  const steps = client.callTool(
    { name: 'steps', arguments: { count: 3 } },
    { onprogress: (progress) => void notifications.push(['progress', progress]) },
  );
  await note('steps', steps);
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
  const version = client.getNegotiatedProtocolVersion();
  await client.close();
  return { outcomes, notifications, version };
}

function failureOf(thrown: unknown): unknown {
  const { code, message, data } = thrown as { code?: unknown; message?: unknown; data?: unknown };
  return { code, message, data };
}
