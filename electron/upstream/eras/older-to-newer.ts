/** A conversation of the older era with a container of the newer one alone: each believes it talks to its own kind. */
import { FairleadError } from '../../../shared/errors.ts';
import { memberOf, sourceOf, textOf, type Message } from '../../../shared/envelope.ts';
import { modernVersion } from '../../../shared/era.ts';
import { delay } from '../../runtime/clock.ts';
import type { Conversation, ConversationEvents, MayListen, Standing } from '../conversation.ts';
import { createAwaitedAnswers } from './awaited-answers.ts';
import { createSubscriptions } from './subscriptions.ts';
import type { ModernConversation } from '../transports/modern-http.ts';
import {
  envelopeOf,
  initializeResult,
  listensTo,
  newerRequest,
  olderAnswer,
  olderNotification,
  questionsIn,
} from './older-words.ts';
import { createQuestions } from './questions.ts';
import { ownAnswer, ownRequest, withTopMembers, type Members } from '../splice.ts';

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
  readonly mayListen: MayListen | undefined;
}

export function createOlderToNewer(deps: TranslationDeps): Conversation {
  const { events, standing, mayListen } = deps;
  let greeting: { readonly initialize: Message; readonly discovered: Message } | undefined;
  let protocolVersion: string | undefined;
  /** Of log messages; JSON. */
  let level: string | undefined;
  let closed = false;

  const { ownId, exchange, take } = createAwaitedAnswers((request, signal) =>
    modern.send(request, { signal, version: modernVersion }),
  );
  const questions = createQuestions({ ownId, toClient: (message) => events.receive(message) });
  const subscriptions = createSubscriptions({
    ownId,
    async exchange(request, signal) {
      await mayListen?.(signal);
      return exchange(newerRequest(request, envelope()), signal);
    },
  });
  const modern = deps.modern({
    receive(message) {
      if (message.kind === 'response') take(message);
      else if (message.method === 'notifications/subscriptions/acknowledged')
        subscriptions.acknowledge(message);
      else events.receive(olderNotification(message));
    },
    renewed: () => undefined,
    reached: events.reached,
  });

  const envelope = (): Members => {
    const initialize = greeting?.initialize ?? standing().initialize;
    if (initialize === undefined) throw notBegun();
    return envelopeOf(initialize, level);
  };

  /** @returns the answer to the client's `initialize`, whoever is to hear it */
  const greet = async (initialize: Message, signal: AbortSignal): Promise<Message> => {
    const request = newerRequest(
      ownRequest(ownId(), 'server/discover', '{}'),
      envelopeOf(initialize, undefined),
    );
    const discovered = await exchange(request, signal);
    if (discovered.failed) return withTopMembers(discovered, { id: initialize.id });
    subscriptions.closeAll();
    level = undefined;
    greeting = { initialize, discovered };
    const answer = ownAnswer(initialize, `"result":${initializeResult(initialize, discovered)}`);
    const version = memberOf(answer.bytes, answer.body, 'protocolVersion');
    protocolVersion = version && textOf(answer.bytes, version);
    return answer;
  };

  const listenToLists = async () => {
    const filter = greeting === undefined ? undefined : listensTo(greeting.discovered);
    if (filter === undefined || closed) return;
    await Promise.race([subscriptions.open('lists', filter), delay(hearingMs)]);
  };

  const subscribe = async (request: Message): Promise<Message> => {
    const uri = memberOf(request.bytes, request.body, 'uri');
    const json = uri === undefined ? '""' : sourceOf(request.bytes, uri);
    const name = `resource ${json}`;
    if (request.method === 'resources/unsubscribe') {
      subscriptions.close(name);
      return ownAnswer(request, '"result":{}');
    }
    const refusal = await subscriptions.open(name, `{"resourceSubscriptions":[${json}]}`);
    return refusal === undefined ? ownAnswer(request, '"result":{}') : olderAnswer(request, refusal);
  };

  /** Carries a request through as many rounds as the container wants. */
  const carry = async (request: Message, signal: AbortSignal): Promise<Message> => {
    let answer = await exchange(newerRequest(request, envelope()), signal);
    for (let round = 1; ; round += 1) {
      const wanted = questionsIn(answer);
      if (wanted === undefined) return olderAnswer(request, answer);
      if (round > maxRounds) throw new FairleadError('protocol_violation', 'The container asks without end.');
      if (wanted.questions.length === 0) await delay(roundPauseMs, signal);
      const told = await questions.ask(wanted.questions, signal);
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
        return ownAnswer(request, '"result":{}');
      case 'logging/setLevel': {
        const span = memberOf(request.bytes, request.body, 'level');
        level = span && sourceOf(request.bytes, span);
        return ownAnswer(request, '"result":{}');
      }
      case 'resources/subscribe':
      case 'resources/unsubscribe':
        return subscribe(request);
      default:
        return carry(request, signal);
    }
  };

  const tell = async (message: Message, signal: AbortSignal): Promise<void> => {
    if (message.kind === 'response') questions.answer(message);
    else if (message.method === 'notifications/initialized') await listenToLists();
    else if (!ofSessions.has(message.method)) await modern.send(message, { signal, version: modernVersion });
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
      subscriptions.closeAll();
      await modern.close();
    },
  };
}

/** Of a session, which there is none of. */
const ofSessions: ReadonlySet<string> = new Set([
  'notifications/cancelled',
  'notifications/roots/list_changed',
]);

function notBegun(): FairleadError {
  return new FairleadError('invalid_request', 'The client has not begun with `initialize`.');
}
