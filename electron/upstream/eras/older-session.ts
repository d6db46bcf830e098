/** A session at a container of the older era, kept for requests of a client of the newer one, which knows of none. */
import { memberOf, type Message } from '../../../shared/envelope.ts';
import { createAwaitedAnswers } from './awaited-answers.ts';
import type { ConversationEvents, Standing } from '../conversation.ts';
import { levelOf, initializeOf, olderRequest } from './newer-words.ts';
import { messageOf, ownRequest } from '../splice.ts';
import type { SessionConversation } from '../transports/streamable-http.ts';

/** To begin: a sign-in may be in the way. Whoever waits keeps a limit of its own. */
const beginMs = 60_000;
/** For what nobody waits for, or a client's own limit does not hold. */
const ownMs = 10_000;
const initialized = messageOf('{"jsonrpc":"2.0","method":"notifications/initialized"}');

export interface OlderSession {
  /**
   * The container's answer to `initialize`, which may be an error; begins the session unless that has been done.
   * @throws FairleadError
   */
  begun(): Promise<Message>;
  /**
   * Sends a request of the client under an id of the session's.
   * @param onSent hears that id, as JSON and as a key, before the request leaves
   * @returns the container's answer, under that id @throws FairleadError, or the signal's reason
   */
  ask(request: Message, signal: AbortSignal, onSent: (id: string, idKey: string) => void): Promise<Message>;
  /** Sends what has no answer. @throws FairleadError */
  tell(message: Message): Promise<void>;
  /** @param uri its JSON @returns whether the container tells of this resource's changes from now on */
  subscribe(uri: string): Promise<boolean>;
  /** Takes one `subscribe` back. */
  unsubscribe(uri: string): void;
  pause(): void;
  resume(): void;
  close(): Promise<void>;
}

/**
 * @param deps.first the client's first request: it says who the client is and what it can do
 * @param deps.receive hears all but answers
 */
export function createOlderSession(deps: {
  first: Message;
  legacy: (events: ConversationEvents, standing: () => Standing) => SessionConversation;
  receive: (message: Message, about: string | undefined) => void;
}): OlderSession {
  /** `resources/subscribe` of each resource that somebody listens to, and how many do. */
  const followed = new Map<
    string,
    { readonly request: Message; readonly taken: Promise<boolean>; listeners: number }
  >();
  let greeting: Pick<Standing, 'initialize' | 'initialized'> = {
    initialize: undefined,
    initialized: undefined,
  };
  let beginning: Promise<Message> | undefined;
  /** The `logging/setLevel` that holds, and when it began to. */
  let level: { readonly request: Message; readonly json: string; readonly set: Promise<unknown> } | undefined;
  const { ownId, exchange, take } = createAwaitedAnswers((message, signal) => legacy.send(message, signal));

  const legacy = deps.legacy(
    {
      receive(message, about) {
        if (message.kind === 'response') take(message);
        else deps.receive(message, about?.idKey);
      },
      renewed: () => undefined,
    },
    () => {
      const requests = [...followed.values()].map(({ request }) => request);
      return { ...greeting, requests: level === undefined ? requests : [level.request, ...requests] };
    },
  );

  const request = (method: string, params: string) => ownRequest(ownId(), method, params);

  const begin = async (): Promise<Message> => {
    const initialize = initializeOf(deps.first, ownId());
    const signal = AbortSignal.timeout(beginMs);
    const answer = await exchange(initialize, signal);
    if (answer.failed) return answer;
    greeting = { initialize, initialized };
    await legacy.send(initialized, signal);
    return answer;
  };
  const begun = (): Promise<Message> => {
    const started = (beginning ??= begin());
    const forget = () => {
      if (beginning === started) beginning = undefined;
    };
    started.then((answer) => answer.failed && forget(), forget);
    return started;
  };

  /** Each request says from which level on its client wants to hear log messages; a session has one level for all. */
  const setLevel = async (wanted: string | undefined) => {
    if (wanted !== undefined && wanted !== level?.json && (await takesLevels())) {
      const saying = request('logging/setLevel', `{"level":${wanted}}`);
      level = {
        request: saying,
        json: wanted,
        set: exchange(saying, AbortSignal.timeout(ownMs)).catch(() => undefined),
      };
    }
    await level?.set;
  };
  const takesLevels = async () => {
    const { bytes, body } = await begun();
    return memberOf(bytes, memberOf(bytes, body, 'capabilities'), 'logging') !== undefined;
  };

  return {
    begun,
    async ask(asked, signal, onSent) {
      await setLevel(levelOf(asked));
      const sent = olderRequest(asked, ownId());
      onSent(sent.id ?? '', sent.idKey ?? '');
      return exchange(sent, signal);
    },
    tell: (message) => legacy.send(message, AbortSignal.timeout(ownMs)),
    async subscribe(uri) {
      let one = followed.get(uri);
      if (one === undefined) {
        const asked = request('resources/subscribe', `{"uri":${uri}}`);
        const taken = exchange(asked, AbortSignal.timeout(ownMs)).then(
          ({ failed }) => !failed,
          () => false,
        );
        one = { request: asked, taken, listeners: 0 };
        followed.set(uri, one);
      }
      one.listeners += 1;
      const taken = await one.taken;
      if (!taken && followed.get(uri) === one) followed.delete(uri);
      return taken;
    },
    unsubscribe(uri) {
      const one = followed.get(uri);
      if (one === undefined) return;
      one.listeners -= 1;
      if (one.listeners > 0) return;
      followed.delete(uri);
      const params = `{"uri":${uri}}`;
      void exchange(request('resources/unsubscribe', params), AbortSignal.timeout(ownMs)).catch(
        () => undefined,
      );
    },
    pause: () => legacy.pause(),
    resume: () => legacy.resume(),
    close: () => legacy.close(),
  };
}
