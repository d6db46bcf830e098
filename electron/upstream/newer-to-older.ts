/** A conversation of the newer era with a container of the older one alone: each believes it talks to its own kind. */
import { FairleadError } from '../../shared/errors.ts';
import { memberOf, sourceOf, textOf, type Message } from '../../shared/envelope.ts';
import { claimOf } from '../../shared/era.ts';
import type { ConversationEvents, Standing } from './conversation.ts';
import { HeldCall } from './held-call.ts';
import type { ModernConversation } from './modern-http.ts';
import {
  acknowledgement,
  discoverResult,
  filterOf,
  initializeOf,
  inputRequired,
  isHeardOnDemand,
  matches,
  newerAnswer,
  toldTo,
  type Filter,
} from './newer-words.ts';
import { messageOf, ownRequest, withTopMembers } from './splice.ts';
import type { SessionConversation } from './streamable-http.ts';

/** For a person to answer, and their client to come back. */
const holdMs = 10 * 60_000;
/** Requests that a container may answer with questions (MCP 2026-07-28, Multi round-trip requests). */
const multiRound: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'resources/read']);
const initialized = messageOf('{"jsonrpc":"2.0","method":"notifications/initialized"}');

export function createNewerToOlder(deps: {
  legacy: (events: ConversationEvents, standing: () => Standing) => SessionConversation;
  events: ConversationEvents;
}): ModernConversation {
  const { events } = deps;
  const awaited = new Map<string, (answer: Message) => void>();
  /** Calls that the container may ask about, the last one last. */
  const asking = new Set<HeldCall>();
  /** Calls whose client is to come back with answers. */
  const held = new Map<string, { call: HeldCall; timer: NodeJS.Timeout }>();
  const listening = new Map<Message, Filter>();
  let standing: Standing = { initialize: undefined, initialized: undefined, requests: [] };
  let beginning: Promise<Message> | undefined;
  let lastId = 0;
  let level: string | undefined;
  const ownId = () => `fairlead-${(lastId += 1)}`;

  const legacy = deps.legacy(
    {
      receive(message) {
        if (message.kind === 'response') awaited.get(message.idKey ?? '')?.(message);
        else if (message.kind === 'request') takeQuestion(message);
        else if (!isHeardOnDemand(message.method)) events.receive(message);
        else
          for (const [request, filter] of listening)
            if (matches(message, filter)) events.receive(toldTo(request, message));
      },
      renewed: () => undefined,
    },
    () => standing,
  );

  const reply = (question: Message, outcome: string) =>
    legacy
      .send(
        messageOf(`{"jsonrpc":"2.0","id":${question.id ?? 'null'},${outcome}}`),
        AbortSignal.timeout(10_000),
      )
      .catch(() => undefined);

  const takeQuestion = (question: Message) => {
    const call = [...asking].at(-1);
    if (question.method === 'ping') void reply(question, '"result":{}');
    else if (call !== undefined) call.ask(question);
    else void reply(question, '"error":{"code":-32601,"message":"No request is under way to ask about."}');
  };

  const exchange = async (request: Message, signal: AbortSignal): Promise<Message> => {
    let answer: Message | undefined;
    const key = request.idKey ?? '';
    awaited.set(key, (message) => (answer = message));
    try {
      await legacy.send(request, signal);
    } finally {
      awaited.delete(key);
    }
    signal.throwIfAborted();
    if (answer === undefined) throw new FairleadError('protocol_violation', 'The container did not answer.');
    return answer;
  };

  /** @returns the container's answer to `initialize`, which all requests of the client share */
  const begun = (request: Message): Promise<Message> => {
    const begin = async () => {
      const initialize = initializeOf(request, ownId());
      const signal = AbortSignal.timeout(60_000);
      const answer = await exchange(initialize, signal);
      if (answer.failed) return answer;
      standing = { initialize, initialized, requests: [] };
      await legacy.send(initialized, signal);
      return answer;
    };
    beginning ??= begin().then(
      (answer) => {
        if (answer.failed) beginning = undefined;
        return answer;
      },
      (thrown: unknown) => {
        beginning = undefined;
        throw thrown;
      },
    );
    return beginning;
  };

  /** Each request says from which level on it wants to hear log messages; the session has one for all. */
  const setLevel = async (request: Message, signal: AbortSignal) => {
    const span = memberOf(request.bytes, claimOf(request)?.meta, 'io.modelcontextprotocol/logLevel');
    const wanted = span && sourceOf(request.bytes, span);
    if (wanted === undefined || wanted === level) return;
    level = wanted;
    await exchange(ownRequest(ownId(), 'logging/setLevel', `{"level":${wanted}}`), signal).catch(
      () => undefined,
    );
  };

  const start = (request: Message): HeldCall => {
    const call = new HeldCall();
    const sent = withTopMembers(request, { id: JSON.stringify(ownId()) });
    const { signal } = call.controller;
    if (multiRound.has(request.method)) asking.add(call);
    signal.addEventListener('abort', () => {
      const params = `{"requestId":${sent.id ?? 'null'}}`;
      const notice = `{"jsonrpc":"2.0","method":"notifications/cancelled","params":${params}}`;
      void legacy.send(messageOf(notice), AbortSignal.timeout(2_000)).catch(() => undefined);
    });
    exchange(sent, signal)
      .then(
        (answer) => call.settle({ kind: 'answer', answer }),
        (thrown: unknown) => call.settle({ kind: 'failed', thrown }),
      )
      .finally(() => asking.delete(call));
    return call;
  };

  /** The call that a request comes back for, with the answers that it brings given to the container. */
  const takenUp = async (request: Message): Promise<HeldCall | undefined> => {
    const { bytes, body } = request;
    const state = memberOf(bytes, body, 'requestState');
    const key = (state && textOf(bytes, state)) ?? '';
    const found = held.get(key);
    if (found === undefined) return undefined;
    held.delete(key);
    clearTimeout(found.timer);
    const answers = memberOf(bytes, body, 'inputResponses');
    const event = await found.call.next(AbortSignal.timeout(1_000));
    if (event.kind !== 'questions') return found.call;
    for (const name of event.questions.keys()) {
      const answer = memberOf(bytes, answers, name);
      const question = answer && found.call.answered(name);
      if (question !== undefined) await reply(question, `"result":${sourceOf(bytes, answer as never)}`);
    }
    return found.call;
  };

  const hold = (call: HeldCall): string => {
    const state = ownId();
    const timer = setTimeout(() => {
      held.delete(state);
      call.controller.abort(new FairleadError('timed_out', 'The client did not come back.'));
    }, holdMs).unref();
    held.set(state, { call, timer });
    return state;
  };

  const carry = async (request: Message, greeting: Message, signal: AbortSignal): Promise<Message> => {
    const call = (await takenUp(request)) ?? start(request);
    try {
      const event = await call.next(signal);
      if (event.kind === 'failed') throw event.thrown;
      if (event.kind === 'answer') return newerAnswer(request, event.answer, greeting);
      return answerWith(request, inputRequired(event.questions, hold(call)));
    } catch (thrown) {
      call.controller.abort(thrown);
      throw thrown;
    }
  };

  const listen = async (request: Message, signal: AbortSignal): Promise<never> => {
    const filter = filterOf(request);
    const subscribed = async (method: string) => {
      for (const uri of filter.resources)
        await exchange(ownRequest(ownId(), method, `{"uri":${uri}}`), AbortSignal.timeout(10_000));
    };
    await subscribed('resources/subscribe');
    listening.set(request, filter);
    events.receive(acknowledgement(request, filter));
    try {
      return await new Promise<never>((_resolve, reject) => {
        const end = () => reject(signal.reason as Error);
        if (signal.aborted) end();
        signal.addEventListener('abort', end, { once: true });
      });
    } finally {
      listening.delete(request);
      void subscribed('resources/unsubscribe').catch(() => undefined);
    }
  };

  return {
    async send(message, { signal }) {
      if (message.kind !== 'request') {
        if (message.method !== 'notifications/cancelled') await legacy.send(message, signal);
        return;
      }
      const greeting = await begun(message);
      signal.throwIfAborted();
      if (greeting.failed) events.receive(withTopMembers(greeting, { id: message.id }));
      else if (message.method === 'server/discover')
        events.receive(answerWith(message, discoverResult(greeting)));
      else if (message.method === 'subscriptions/listen') await listen(message, signal);
      else {
        await setLevel(message, signal);
        events.receive(await carry(message, greeting, signal));
      }
    },
    pause: () => legacy.pause(),
    resume: () => legacy.resume(),
    protocolVersion: '2026-07-28',
    async close() {
      for (const { call, timer } of held.values()) {
        clearTimeout(timer);
        call.controller.abort(new FairleadError('cancelled', 'The connection was closed.'));
      }
      await legacy.close();
    },
  };
}

/** @param result JSON */
function answerWith({ id }: Message, result: string): Message {
  return messageOf(`{"jsonrpc":"2.0","id":${id ?? 'null'},"result":${result}}`);
}
