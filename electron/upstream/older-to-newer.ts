/** A conversation of the older era with a container of the newer one alone: each believes it talks to its own kind. */
import { FairleadError } from '../../shared/errors.ts';
import { idKeyOf, memberOf, sourceOf, textOf, type Message } from '../../shared/envelope.ts';
import { delay } from '../runtime/clock.ts';
import type { Conversation, ConversationEvents, Standing } from './conversation.ts';
import { follow, type Followed } from './followed.ts';
import type { ModernConversation } from './modern-http.ts';
import {
  envelopeOf,
  initializeResult,
  listensTo,
  newerRequest,
  olderAnswer,
  ownRequest,
  questionsIn,
  spokenVersion,
  type Question,
} from './older-words.ts';
import { messageOf, withMembers, withTopMembers, type Members } from './splice.ts';

/** A container may ask so often for one request; more is asking without end. */
const maxRounds = 10;
/** Between rounds in which the container asks nothing, but wants to be asked again. */
const roundPauseMs = 500;
/** As with a session's stream: some containers take long to say that they listen. */
const hearingMs = 1_000;

export interface TranslationDeps {
  readonly modern: (events: ConversationEvents) => ModernConversation;
  readonly events: ConversationEvents;
  readonly standing: () => Standing;
}

export function createOlderToNewer(deps: TranslationDeps): Conversation {
  const { events, standing } = deps;
  /** Answers that are waited for here, by their id. */
  const awaited = new Map<string, (answer: Message) => void>();
  /** Subscriptions whose beginning is waited for, by their id. */
  const taken = new Map<string, () => void>();
  /** The client's answers to questions of the container, by their id. */
  const asked = new Map<string, (answer: Message) => void>();
  const resources = new Map<string, Followed>();
  let lists: Followed | undefined;
  let lastId = 0;
  let greeting: { readonly initialize: Message; readonly discovered: Message } | undefined;
  let protocolVersion: string | undefined;
  /** JSON. */
  let level: string | undefined;
  let closed = false;

  const modern = deps.modern({
    receive(message) {
      if (message.kind === 'response') awaited.get(message.idKey ?? '')?.(message);
      else if (message.method === 'notifications/subscriptions/acknowledged') acknowledge(message);
      else events.receive(message);
    },
    renewed: () => undefined,
  });

  const acknowledge = ({ bytes, body }: Message) => {
    const meta = memberOf(bytes, body, '_meta');
    const id = memberOf(bytes, meta, 'io.modelcontextprotocol/subscriptionId');
    taken.get((id && idKeyOf(bytes, id)) ?? '')?.();
  };

  const ownId = () => `fairlead-${(lastId += 1)}`;
  const envelope = (): Members => {
    const initialize = greeting?.initialize ?? standing().initialize;
    if (initialize === undefined) throw notBegun();
    return envelopeOf(initialize, level);
  };

  const exchange = async (request: Message, signal: AbortSignal): Promise<Message> => {
    let answer: Message | undefined;
    const key = request.idKey ?? '';
    awaited.set(key, (message) => (answer = message));
    try {
      await modern.send(request, { signal, version: spokenVersion });
    } finally {
      awaited.delete(key);
    }
    signal.throwIfAborted();
    if (answer === undefined) throw new FairleadError('protocol_violation', 'The container did not answer.');
    return answer;
  };

  /** @returns the answer to the client's `initialize`, whoever is to hear it */
  const greet = async (initialize: Message, signal: AbortSignal): Promise<Message> => {
    const params = `{"_meta":${withMembers(initialize.bytes, undefined, envelopeOf(initialize, undefined)).toString()}}`;
    const discovered = await exchange(ownRequest(ownId(), 'server/discover', params), signal);
    if (discovered.failed) return withTopMembers(discovered, { id: initialize.id });
    endListening();
    level = undefined;
    greeting = { initialize, discovered };
    const result = initializeResult(initialize, discovered);
    const answer = messageOf(`{"jsonrpc":"2.0","id":${initialize.id ?? 'null'},"result":${result}}`);
    const version = memberOf(answer.bytes, answer.body, 'protocolVersion');
    protocolVersion = version && textOf(answer.bytes, version);
    return answer;
  };

  /** @param filter JSON of what to be told of */
  const listenTo = (filter: string): Followed =>
    follow(async (signal, onTaken) => {
      const id = ownId();
      const request = newerRequest(
        ownRequest(id, 'subscriptions/listen', `{"notifications":${filter}}`),
        envelope(),
      );
      taken.set(request.idKey ?? '', onTaken);
      try {
        return await exchange(request, signal);
      } finally {
        taken.delete(request.idKey ?? '');
      }
    });

  const listenToLists = async () => {
    const filter = greeting === undefined ? undefined : listensTo(greeting.discovered);
    if (filter === undefined || closed) return;
    lists?.close();
    lists = listenTo(filter);
    await Promise.race([lists.begun, delay(hearingMs)]);
  };

  const endListening = () => {
    lists?.close();
    lists = undefined;
    for (const each of resources.values()) each.close();
    resources.clear();
  };

  const subscribe = async (request: Message): Promise<Message> => {
    const uri = memberOf(request.bytes, request.body, 'uri');
    const json = uri === undefined ? '""' : sourceOf(request.bytes, uri);
    resources.get(json)?.close();
    resources.delete(json);
    if (request.method === 'resources/subscribe') {
      const followed = listenTo(`{"resourceSubscriptions":[${json}]}`);
      resources.set(json, followed);
      const refusal = await followed.begun;
      if (refusal !== undefined) return olderAnswer(request, refusal);
    }
    return done(request);
  };

  /** Asks the client. @returns its answers as JSON members, or the error that it answered with */
  const ask = async (
    questions: readonly Question[],
    signal: AbortSignal,
  ): Promise<{ answers: Buffer } | { refusal: Message }> => {
    const open = new Set<string>();
    const answers = questions.map(async ({ key, method, params }) => {
      const id = ownId();
      const question = ownRequest(id, method, params);
      open.add(id);
      const answer = await new Promise<Message>((resolve, reject) => {
        asked.set(question.idKey ?? '', resolve);
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
        events.receive(question);
      }).finally(() => asked.delete(question.idKey ?? ''));
      open.delete(id);
      return { key: JSON.parse(key) as string, answer };
    });
    try {
      const members: Record<string, Uint8Array> = {};
      for (const { key, answer } of await Promise.all(answers)) {
        if (answer.failed || answer.body === undefined) return { refusal: answer };
        members[key] = answer.bytes.subarray(answer.body.start, answer.body.end);
      }
      return { answers: withMembers(Buffer.alloc(0), undefined, members) };
    } catch (thrown) {
      for (const id of open) {
        const params = `{"requestId":${JSON.stringify(id)}}`;
        events.receive(messageOf(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":${params}}`));
      }
      throw thrown;
    }
  };

  /** Carries a request through as many rounds as the container wants. */
  const carry = async (request: Message, signal: AbortSignal): Promise<Message> => {
    let answer = await exchange(newerRequest(request, envelope()), signal);
    for (let round = 1; ; round += 1) {
      const wanted = questionsIn(answer);
      if (wanted === undefined) return olderAnswer(request, answer);
      if (round > maxRounds) throw new FairleadError('protocol_violation', 'The container asks without end.');
      if (wanted.questions.length === 0) await delay(roundPauseMs, signal);
      const told = await ask(wanted.questions, signal);
      if ('refusal' in told) return withTopMembers(told.refusal, { id: request.id });
      const params = { inputResponses: told.answers, requestState: wanted.state };
      answer = await exchange(
        newerRequest(request, envelope(), { id: JSON.stringify(ownId()), params }),
        signal,
      );
    }
  };

  const answerTo = async (request: Message, signal: AbortSignal): Promise<Message> => {
    switch (request.method) {
      case 'initialize':
        return greet(request, signal);
      case 'ping':
        return done(request);
      case 'logging/setLevel': {
        const span = memberOf(request.bytes, request.body, 'level');
        level = span && sourceOf(request.bytes, span);
        return done(request);
      }
      case 'resources/subscribe':
      case 'resources/unsubscribe':
        return subscribe(request);
      default:
        return carry(request, signal);
    }
  };

  const tell = async (message: Message, signal: AbortSignal): Promise<void> => {
    if (message.kind === 'response') asked.get(message.idKey ?? '')?.(message);
    else if (message.method === 'notifications/initialized') await listenToLists();
    else if (!ofSessions.has(message.method)) await modern.send(message, { signal, version: spokenVersion });
  };

  /** At a new core: what the client once had is set up again, and it hears nothing of that. */
  const begin = async () => {
    const { initialize, initialized, requests } = standing();
    if (initialize === undefined || greeting !== undefined) return;
    const answer = await greet(initialize, AbortSignal.timeout(60_000));
    if (answer.failed) return;
    if (initialized !== undefined) await listenToLists();
    for (const request of requests) await answerTo(request, AbortSignal.timeout(60_000));
    events.renewed(answer);
  };

  return {
    async send(message, signal) {
      if (message.kind !== 'request') {
        await tell(message, signal);
        return;
      }
      const answer = await answerTo(message, signal);
      if (!signal.aborted) events.receive(answer);
    },
    restore: () => void begin().catch(() => undefined),
    pause: () => modern.pause(),
    resume: () => modern.resume(),
    get protocolVersion() {
      return protocolVersion;
    },
    async close() {
      closed = true;
      endListening();
      await modern.close();
    },
  };
}

/** Of a session, which there is none of. */
const ofSessions: ReadonlySet<string> = new Set([
  'notifications/cancelled',
  'notifications/roots/list_changed',
]);

function done({ id }: Message): Message {
  return messageOf(`{"jsonrpc":"2.0","id":${id ?? 'null'},"result":{}}`);
}

function notBegun(): FairleadError {
  return new FairleadError('invalid_request', 'The client has not begun with `initialize`.');
}
