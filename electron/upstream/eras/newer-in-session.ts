/** Requests of a client of the newer era, carried out in a session at a container of the older one. */
import { FairleadError } from '../../../shared/errors.ts';
import { idKeyOf, memberOf, textOf, type Message } from '../../../shared/envelope.ts';
import { delay } from '../../runtime/clock.ts';
import type { ConversationEvents, Standing } from '../conversation.ts';
import { HeldCall } from './held-call.ts';
import { createHeldRounds } from './held-rounds.ts';
import { createLinkWatch } from './link-watch.ts';
import { acknowledgement, filterOf, isHeardOnDemand, matches, toldTo, type Filter } from './listen-filter.ts';
import { broughtBack, inputRequired, linksIn } from './multi-round.ts';
import { discoverResult, newerAnswer, progressTokenOf } from './newer-words.ts';
import { createOlderSession } from './older-session.ts';
import { ownAnswer, ownNotification, withMembers, withTopMembers } from '../splice.ts';
import type { SessionConversation } from '../transports/streamable-http.ts';

/** For a container to say that what was to be done behind a link is done. */
const linksMs = 30_000;
/** Requests that a container may answer with questions (MCP 2026-07-28, Multi round-trip requests). */
const multiRound: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'resources/read']);
const askable: ReadonlySet<string> = new Set(['elicitation/create', 'sampling/createMessage', 'roots/list']);

export interface NewerInSession {
  send(message: Message, signal: AbortSignal): Promise<void>;
  pause(): void;
  resume(): void;
  close(): Promise<void>;
}

/** @param deps.first the client's first request */
export function createNewerInSession(deps: {
  first: Message;
  legacy: (events: ConversationEvents, standing: () => Standing) => SessionConversation;
  events: ConversationEvents;
}): NewerInSession {
  const { events } = deps;
  /** Under way at the container, by their id there; the one that began last is the last. */
  const calls = new Map<string, HeldCall>();
  const rounds = createHeldRounds();
  const listening = new Map<Message, Filter>();
  const links = createLinkWatch();

  const session = createOlderSession({
    first: deps.first,
    legacy: deps.legacy,
    receive(message, about) {
      if (message.kind === 'request') void takeQuestion(message, about);
      else takeNotification(message, about);
    },
  });

  const takeQuestion = async (question: Message, about: string | undefined): Promise<void> => {
    if (question.method === 'ping') {
      await reply(question, '"result":{}');
      return;
    }
    // Over one stream for all, the call that began last is the likeliest.
    const asking = [...calls.values()].filter(({ takesQuestions }) => takesQuestions);
    const call = about === undefined ? asking.at(-1) : calls.get(about);
    const told = askable.has(question.method) && call?.takesQuestions === true && call.ask(question);
    if (!told) await reply(question, `"error":${unaskable}`);
  };
  const reply = (question: Message, outcome: Parameters<typeof ownAnswer>[1]) =>
    session.tell(ownAnswer(question, outcome)).catch(() => undefined);

  const takeNotification = (message: Message, about: string | undefined): void => {
    const { bytes, body, method } = message;
    switch (method) {
      case 'notifications/cancelled': {
        const id = memberOf(bytes, body, 'requestId');
        for (const call of calls.values()) call.withdraw(id && idKeyOf(bytes, id));
        return;
      }
      case 'notifications/elicitation/complete': {
        const id = memberOf(bytes, body, 'elicitationId');
        links.dealtWith((id && textOf(bytes, id)) ?? '');
        return;
      }
      case 'notifications/message': {
        const own = about === undefined ? [...calls.values()] : [calls.get(about)];
        if (own.some((call) => call?.hearsLog)) events.receive(message);
        return;
      }
      case 'notifications/progress':
        tellProgress(message);
        return;
      default:
        if (!isHeardOnDemand(method)) events.receive(message);
        for (const [request, filter] of listening)
          if (matches(message, filter)) events.receive(toldTo(request, message));
    }
  };

  /** The container knows the token of a call's first round alone. */
  const tellProgress = (message: Message): void => {
    const key = progressTokenOf(message)?.key;
    const call = [...calls.values()].find((each) => key !== undefined && each.makesProgressAs(key));
    const token = call?.progressToken;
    if (call === undefined || token?.key === key) {
      events.receive(message);
      return;
    }
    if (token === undefined) return;
    const params = withMembers(message.bytes, message.body, { progressToken: token.json });
    events.receive(withTopMembers(message, { params }));
  };

  const start = (request: Message): HeldCall => {
    const call = new HeldCall(request, { takesQuestions: multiRound.has(request.method) });
    let sent: string | undefined;
    const exchange = (signal: AbortSignal) =>
      session.ask(request, signal, (id, idKey) => {
        sent = idKey;
        calls.set(idKey, call);
        signal.addEventListener('abort', () => {
          const notice = ownNotification('notifications/cancelled', `{"requestId":${id}}`);
          void session.tell(notice).catch(() => undefined);
        });
      });
    void call.run(exchange).finally(() => calls.delete(sent ?? ''));
    return call;
  };

  /** One round of a call. */
  const follow = async (call: HeldCall, request: Message, signal: AbortSignal): Promise<Message> => {
    call.goOn(request);
    try {
      const event = await call.next(signal);
      if (event.kind === 'answer') return await answered(request, event.answer);
      const state = rounds.hold({
        async goOn(next, until) {
          await giveAnswers(call, next);
          return follow(call, next, until);
        },
        abandon: () => call.abandon(),
      });
      return ownAnswer(request, `"result":${inputRequired(event.questions, state)}`);
    } catch (thrown) {
      call.abandon();
      throw thrown;
    }
  };

  const giveAnswers = async (call: HeldCall, request: Message): Promise<void> => {
    const brought = broughtBack(request);
    for (const name of call.openQuestions) {
      const answer = brought.answerTo(name);
      const question = answer === undefined ? undefined : call.take(name);
      if (question !== undefined) await reply(question, `"result":${answer ?? '{}'}`);
    }
  };

  const answered = async (request: Message, answer: Message): Promise<Message> => {
    const wanted = linksIn(answer, request);
    if (wanted === undefined) return newerAnswer(request, answer, await session.begun());
    const watched = links.watch(wanted.keys());
    const state = rounds.hold({
      async goOn(next, signal) {
        const brought = broughtBack(next);
        try {
          if (![...wanted.keys()].every((name) => isAccepted(brought.answerTo(name))))
            return withTopMembers(answer, { id: next.id });
          // Asked before that, the container would only say the same again; this call has not run yet.
          await Promise.race([watched.all, delay(linksMs, signal)]);
        } finally {
          watched.stop();
        }
        return follow(start(next), next, signal);
      },
      abandon: () => watched.stop(),
    });
    return ownAnswer(request, `"result":${inputRequired(wanted, state)}`);
  };

  const carry = (request: Message, signal: AbortSignal): Promise<Message> => {
    const { state } = broughtBack(request);
    if (state === undefined) return follow(start(request), request, signal);
    const round = rounds.take(state);
    // Begun anew, what was asked about might run twice.
    if (round === undefined) throw forgotten();
    return round.goOn(request, signal);
  };

  const listen = async (request: Message, signal: AbortSignal): Promise<never> => {
    const wanted = filterOf(request, await session.begun());
    const taken = await Promise.all(
      [...wanted.resources].map(async (uri) => ((await session.subscribe(uri)) ? [uri] : [])),
    );
    const filter: Filter = { kinds: wanted.kinds, resources: new Set(taken.flat()) };
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
      for (const uri of filter.resources) session.unsubscribe(uri);
    }
  };

  const answerTo = async (request: Message, signal: AbortSignal): Promise<Message> => {
    const greeting = await session.begun();
    signal.throwIfAborted();
    if (greeting.failed) return withTopMembers(greeting, { id: request.id });
    if (request.method === 'server/discover')
      return ownAnswer(request, `"result":${discoverResult(greeting)}`);
    if (request.method === 'subscriptions/listen') return listen(request, signal);
    return carry(request, signal);
  };

  return {
    async send(message, signal) {
      if (message.kind === 'request') {
        const answer = await answerTo(message, signal);
        if (!signal.aborted) events.receive(answer);
      } else if (message.method !== 'notifications/cancelled') {
        await session.begun();
        await session.tell(message);
      }
    },
    pause: () => session.pause(),
    resume: () => session.resume(),
    async close() {
      rounds.abandonAll();
      await session.close();
    },
  };
}

const unaskable =
  '{"code":-32601,"message":"The client can be asked about a call that is under way, and nothing else."}';

function isAccepted(answer: string | undefined): boolean {
  return answer !== undefined && (JSON.parse(answer) as { action?: unknown }).action === 'accept';
}

function forgotten(): FairleadError {
  return new FairleadError(
    'invalid_request',
    'The call that this is a further round of is not waiting any more.',
    {
      help: 'Begin it anew if it may run twice.',
    },
  );
}
