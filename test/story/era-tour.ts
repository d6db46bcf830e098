/** One client's tour through a server, in either era of MCP, written down message by message. */
import { Client, type Transport } from '@modelcontextprotocol/client';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EraServer } from '../support/era-server.ts';

export type Era = 'older' | 'newer';

export interface EraTranscript {
  readonly version: string | undefined;
  readonly outcomes: [what: string, outcome: unknown][];
  /** What the server told and asked besides, of each kind; in no order, as some calls run at once. */
  readonly told: Readonly<Record<string, unknown[]>>;
}

interface Notes {
  readonly outcome: (what: string, asked: Promise<unknown>) => Promise<void>;
  readonly tell: (kind: string, what: unknown) => void;
  /** Waits for so many of a kind. */
  readonly heard: (kind: string, count: number) => Promise<void>;
}

export async function takeEraTour(era: Era, transport: Transport, server: EraServer): Promise<EraTranscript> {
  const outcomes: [string, unknown][] = [];
  const told: Record<string, unknown[]> = {};
  const notes: Notes = {
    async outcome(what, asked) {
      outcomes.push([what, await asked.catch((thrown: unknown) => failureOf(thrown))]);
    },
    tell(kind, what) {
      (told[kind] ??= []).push(what);
    },
    async heard(kind, count) {
      while ((told[kind]?.length ?? 0) < count) await sleep(5);
    },
  };
  const client = newClient(era, notes);
  await client.connect(transport);
  tellProgress(transport, notes);
  const about = [client.getServerVersion(), client.getServerCapabilities(), client.getInstructions()];
  await notes.outcome('server', Promise.resolve(about));
  if (era === 'older') await setUpSession(client, notes);
  await callTools(era, client, notes);
  await readAll(client, notes);
  await cancelCall(client, notes, server);
  await hearChanges(client, { era, notes, server });
  const version = client.getNegotiatedProtocolVersion();
  await client.close();
  for (const each of Object.values(told))
    each.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  return { version, outcomes, told };
}

function newClient(era: Era, notes: Notes): Client {
  const client = new Client(
    { name: 'tour', version: '1' },
    {
      capabilities: { elicitation: { form: {}, url: {} }, sampling: {}, roots: {} },
      versionNegotiation: { mode: era === 'older' ? 'legacy' : 'auto' },
    },
  );
  client.setRequestHandler('elicitation/create', ({ params }) => {
    // What only the older era says, and is another each time: its name, and a token for its progress.
    notes.tell('elicitation', { ...params, elicitationId: undefined, _meta: undefined });
    return params.mode === 'url' ? { action: 'accept' } : { action: 'accept', content: { name: 'Ada' } };
  });
  client.setRequestHandler('sampling/createMessage', ({ params }) => {
    notes.tell('sampling', [params.messages, params.maxTokens]);
    return { role: 'assistant', model: 'none', content: { type: 'text', text: 'Well, ümlaut' } };
  });
  client.setRequestHandler('roots/list', () => {
    notes.tell('roots', 'asked');
    return { roots: [{ uri: 'file:///home/me', name: 'home' }] };
  });
  client.setNotificationHandler('notifications/message', ({ params }) => {
    notes.tell('log', params);
  });
  for (const method of ['notifications/tools/list_changed', 'notifications/resources/updated'] as const) {
    client.setNotificationHandler(method, ({ params }) => {
      notes.tell(method, JSON.parse(JSON.stringify(params ?? {})));
    });
  }
  return client;
}

/**
 * Writes progress down as it arrives. The SDK calls its handler for it a moment later, and by then has forgotten
 * the handler if the call's answer came in the same chunk.
 */
function tellProgress(transport: Transport, { tell }: Notes): void {
  const receive = transport.onmessage;
  transport.onmessage = (message, extra) => {
    if ('method' in message && message.method === 'notifications/progress')
      tell('progress', { ...message.params, progressToken: undefined });
    receive?.(message, extra);
  };
}

async function setUpSession(client: Client, { outcome }: Notes): Promise<void> {
  await outcome('ping', client.ping());
  await outcome('level', client.request({ method: 'logging/setLevel', params: { level: 'info' } }));
}

async function callTools(era: Era, client: Client, { outcome }: Notes): Promise<void> {
  const call = (name: string, args: Record<string, unknown> = {}, meta = {}) =>
    client.callTool({ name, arguments: args, _meta: meta });
  await outcome('tools', client.listTools());
  await outcome('echo', call('echo', { text: 'Grüße 👋 \u2028 "' }));
  await outcome('routed', call('routed', { region: ' ümlaut ', level: 42 }));
  await outcome('routed half', call('routed', { region: 'eu', note: 'x' }));
  await outcome('invalid', call('routed', { region: 'eu', level: 'x' }));
  await outcome('unknown', call('no-such-tool'));
  await outcome('fail', call('fail'));
  await outcome('ask', call('ask'));
  await outcome('ask all', call('ask-all'));
  await outcome('two at once', Promise.all([call('ask'), call('ask-all')]));
  await outcome(
    'log',
    call('log', {}, era === 'newer' ? { 'io.modelcontextprotocol/logLevel': 'info' } : {}),
  );
  const steps = client.callTool(
    { name: 'steps', arguments: { count: 3 } },
    // Only asks for it: see tellProgress.
    { onprogress: () => undefined },
  );
  await outcome('steps', steps);
}

async function readAll(client: Client, { outcome }: Notes): Promise<void> {
  await outcome('templates', client.listResourceTemplates());
  await outcome('read', client.readResource({ uri: 'note://1' }));
  await outcome('read none', client.readResource({ uri: 'note://none' }));
  await outcome('prompts', client.listPrompts());
  await outcome('greet', client.getPrompt({ name: 'greet', arguments: { name: 'Ada' } }));
}

async function cancelCall(client: Client, { outcome }: Notes, server: EraServer): Promise<void> {
  const cancelled = new AbortController();
  const waiting = outcome(
    'wait',
    client.callTool({ name: 'wait', arguments: {} }, { signal: cancelled.signal }),
  );
  while (server.waits.begun === 0) await sleep(5);
  cancelled.abort('enough');
  await waiting;
  while (server.waits.aborted === 0) await sleep(5);
}

async function hearChanges(
  client: Client,
  { era, notes, server }: { era: Era; notes: Notes; server: EraServer },
): Promise<void> {
  const change = async (times: number) => {
    server.toolsChanged();
    await notes.heard('notifications/tools/list_changed', times);
    server.noteChanged('note://1');
    await notes.heard('notifications/resources/updated', times);
  };
  if (era === 'newer') {
    const uris = { resourceSubscriptions: ['note://1'] };
    const subscription = await client.listen({ toolsListChanged: true, ...uris });
    await notes.outcome('listen', Promise.resolve(subscription.honoredFilter));
    await change(1);
    await subscription.close();
    await notes.outcome('closed', subscription.closed);
  } else {
    await notes.outcome('subscribe', client.subscribeResource({ uri: 'note://1' }));
    await change(1);
    await notes.outcome('unsubscribe', client.unsubscribeResource({ uri: 'note://1' }));
  }
}

function failureOf(thrown: unknown): unknown {
  const { code, message, data } = thrown as { code?: unknown; message?: unknown; data?: unknown };
  return { code, message, data };
}
