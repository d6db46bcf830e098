/** Writes down what passes between a client and a server, so that two conversations can be compared. */
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';

interface Exchange {
  readonly asked: unknown;
  answered?: unknown;
}

export interface Transcript {
  /** What the client asked, in its order, with the answers. */
  readonly exchanges: Exchange[];
  /** What the server asked, in its order, with the answers. */
  readonly questions: Exchange[];
  /** The server's, in order for each method: streams beside each other have no order between them. */
  readonly notifications: Record<string, unknown[]>;
}

export interface Recorder {
  readonly transcript: Transcript;
  /** Waits until the server has sent that many notifications whose JSON holds `text`. */
  heard(method: string, text: string, count?: number): Promise<void>;
}

/** Asked as often as it takes. */
const polls = new Set(['tasks/get']);

/** @param transport not yet given to a client */
export function record(transport: Transport): Recorder {
  const transcript: Transcript = { exchanges: [], questions: [], notifications: {} };
  const open = { exchanges: new Map<unknown, Exchange>(), questions: new Map<unknown, Exchange>() };
  let onNotification: () => void = () => undefined;
  const tokens = { exchanges: new Map<unknown, number>(), questions: new Map<unknown, number>() };
  /** A progress token is the number of its request, and polls are counted, too: what tells is which one it is. */
  const ordinalOf = (by: 'exchanges' | 'questions') => (token: unknown) => {
    const known = tokens[by].get(token) ?? tokens[by].size;
    tokens[by].set(token, known);
    return known;
  };

  const note = (message: JSONRPCMessage, by: 'exchanges' | 'questions') => {
    if ('method' in message) {
      const { method, params } = message;
      if (polls.has(method)) return;
      if ('id' in message) {
        const asked: Exchange = { asked: settled({ method, params }, ordinalOf(by)) };
        open[by].set(message.id, asked);
        transcript[by].push(asked);
      } else if (by === 'questions') {
        // It is of what the client has asked.
        (transcript.notifications[method] ??= []).push(settled(params, ordinalOf('exchanges')));
        onNotification();
      }
      return;
    }
    const answering = open[by === 'exchanges' ? 'questions' : 'exchanges'].get(message.id);
    if (answering === undefined) return;
    answering.answered = settled('result' in message ? { result: message.result } : { error: message.error });
  };

  transport.onmessage = (message) => note(message, 'questions');
  const send = transport.send.bind(transport);
  transport.send = (message, options) => {
    note(message, 'exchanges');
    return send(message, options);
  };
  return {
    transcript,
    async heard(method, text, count = 1) {
      const matching = () =>
        (transcript.notifications[method] ?? []).filter((each) => JSON.stringify(each ?? {}).includes(text));
      while (matching().length < count) await new Promise<void>((resolve) => (onNotification = resolve));
    },
  };
}

/** What is different every time: random ids, the time, the level of a log message chosen by lot. */
const varying: [RegExp, string][] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<uuid>'],
  [/\b[0-9a-f]{32}\b/g, '<task>'],
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>'],
  [/\d{1,2}:\d\d:\d\d [AP]M/g, '<time>'],
  [/^\w+([- ])level([- ])message/, '<level>-level message'],
];

/** @param ordinalOf which one a progress token is */
function settled(value: unknown, ordinalOf: (token: unknown) => number = () => 0): unknown {
  const text = JSON.stringify(value ?? null, (key, member: unknown) => {
    if (key === 'progressToken') return ordinalOf(member);
    if (typeof member !== 'string')
      return randomlyLevelled(member) ? { ...member, level: '<level>' } : member;
    const decoded = key === 'blob' ? Buffer.from(member, 'base64').toString() : '';
    const readable = decoded.startsWith('Resource ') ? decoded : member;
    return varying.reduce((current, [pattern, name]) => current.replace(pattern, name), readable);
  });
  return JSON.parse(text);
}

function randomlyLevelled(value: unknown): value is { level: string } {
  const { level, data } = (value ?? {}) as { level?: unknown; data?: unknown };
  return typeof level === 'string' && typeof data === 'string' && /level[- ]message/.test(data);
}
