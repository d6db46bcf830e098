/** What a client of the era without sessions is answered while nobody is signed in, and how it is told afterwards. */
import { SignInNeeded } from '../../shared/errors.ts';
import type { Message } from '../../shared/envelope.ts';
import { delay } from '../runtime/clock.ts';
import type { ConversationEvents } from '../upstream/conversation.ts';
import { listings, type KnownAnswers } from './known-answers.ts';
import { acknowledgement, changeOf, kindsWanted, newerListResult, subscriptionOf } from './newer-answers.ts';
import { methodNotFound, ownAnswer } from './own-answers.ts';
import { attemptsMs, type SignInGate, type SignInWatch } from './sign-in-gate.ts';
import { resumedFrom, signInQuestion, type Resumed } from './sign-in-question.ts';

const longestPauseMs = 60_000;
/** For people who have gone to sign in. Then the client is to ask again, as it may have a time limit of its own. */
const defaultPersonMs = 45_000;

export interface NewerCover {
  /** @returns false for what has to wait for the person */
  ask(message: Message, signal: AbortSignal): Promise<boolean>;
  /** The container takes a `subscriptions/listen`. */
  acknowledged(notification: Message): void;
  /** The container's answer to what the gate let through comes next. */
  answered(request: Message): void;
  onStage(): void;
  /**
   * A request that comes back with the person's answer, once they have signed in or taken too long; undefined: it is none.
   * @throws SignInNeeded where they would not, and have not
   */
  resume(message: Message, signal: AbortSignal): Promise<Resumed> | undefined;
  /** What the client is answered where only a sign-in is missing; undefined: it cannot show links, or there is none. */
  linkFor(asked: Partial<Resumed> & Pick<Resumed, 'message'>, thrown: unknown): Message | undefined;
}

/** A `subscriptions/listen` that is under way. */
interface Listener {
  readonly request: Message;
  /** The client believes that it is listened to. */
  acknowledged: boolean;
  /** It is, or the container has refused to. */
  settled: boolean;
  /** The client was told less than there is, and has to be told so. */
  owed: boolean;
}

export function createNewerCover(deps: {
  readonly gate: SignInGate;
  readonly signIn: SignInWatch;
  readonly known: KnownAnswers;
  readonly events: ConversationEvents;
  /** How long a request that comes back waits for them; default 45 s. */
  readonly personMs?: number | undefined;
}): NewerCover {
  const { gate, signIn, known, events, personMs = defaultPersonMs } = deps;
  const listeners = new Map<string, Listener>();
  /** Also for those who are yet to listen. */
  let owing = false;

  const settleUp = (listener: Listener) => {
    if (!listener.owed || !listener.settled || signIn.stage !== 'signed_in') return;
    listener.owed = false;
    owing = false;
    for (const kind of kindsWanted(listener.request)) events.receive(changeOf(kind, listener.request));
  };
  const onStage = () => {
    for (const each of listeners.values()) settleUp(each);
  };

  /**
   * What the container said last is still so. Where it never said it, the client had better begin with `initialize`:
   * in a session it hears of changes whether it listens or not.
   */
  const discover = async (message: Message, signal: AbortSignal): Promise<void> => {
    if (await gate.pass(message, signal)) return;
    const { discovery } = known;
    events.receive(discovery === undefined ? methodNotFound(message) : ownAnswer(message, discovery));
  };

  const list = async (message: Message, signal: AbortSignal): Promise<void> => {
    if (await gate.pass(message, signal)) return;
    owing = true;
    for (const each of listeners.values()) each.owed = true;
    events.receive(ownAnswer(message, newerListResult(message.method, known.listed(message))));
    // The sign-in may just have ended.
    onStage();
  };

  /** @throws the signal's reason */
  const until = (isSo: (stage: SignInWatch['stage']) => boolean, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const end = () => {
        if (!isSo(signIn.stage) && !signal.aborted) return;
        stop();
        signal.removeEventListener('abort', end);
        if (signal.aborted) reject(signal.reason as Error);
        else resolve();
      };
      const stop = signIn.onChange(end);
      signal.addEventListener('abort', end);
      end();
    });

  /** Resolves when the container has answered, which is the end of it. */
  const follow = async (listener: Listener, signal: AbortSignal): Promise<void> => {
    const { request } = listener;
    let failures = 0;
    for (;;) {
      const pauseMs = attemptsMs[failures];
      try {
        if (await gate.pass(request, signal, () => listener.settled)) return;
      } catch (thrown) {
        const believes = listener.acknowledged && !listener.settled;
        if (!believes || pauseMs === undefined) throw thrown;
      }
      if (!listener.acknowledged) {
        listener.acknowledged = true;
        listener.owed = true;
        events.receive(acknowledgement(request));
      }
      // Where somebody is signed in, it is the container that is out of reach, or wants them to sign in for more.
      if (signIn.stage === 'signed_in') {
        failures += 1;
        await delay(pauseMs ?? longestPauseMs, signal);
      }
      await until((stage) => stage === 'signed_in', signal);
    }
  };

  const personBack = async (resumed: Resumed, signal: AbortSignal): Promise<Resumed> => {
    if (resumed.refused && signIn.stage !== 'signed_in') throw new SignInNeeded(undefined);
    const waited = AbortSignal.any([signal, AbortSignal.timeout(personMs)]);
    await until((stage) => stage !== 'waiting', waited).catch(() => undefined);
    signal.throwIfAborted();
    return resumed;
  };

  const listen = async (request: Message, signal: AbortSignal): Promise<void> => {
    const key = request.idKey ?? '';
    const listener = { request, acknowledged: false, settled: false, owed: owing };
    listeners.set(key, listener);
    try {
      await follow(listener, signal);
    } finally {
      if (listeners.get(key) === listener) listeners.delete(key);
    }
  };

  return {
    async ask(message, signal) {
      if (message.method === 'server/discover') await discover(message, signal);
      else if (message.method === 'subscriptions/listen') await listen(message, signal);
      else if (listings.has(message.method)) await list(message, signal);
      else return false;
      return true;
    },
    acknowledged(notification) {
      const listener = listeners.get(subscriptionOf(notification));
      // Once is enough, whoever was the first to say it.
      if (listener?.acknowledged !== true) events.receive(notification);
      if (listener === undefined) return;
      listener.acknowledged = true;
      listener.settled = true;
      settleUp(listener);
    },
    answered({ idKey }) {
      const listener = listeners.get(idKey ?? '');
      if (listener === undefined) return;
      listener.settled = true;
      settleUp(listener);
    },
    onStage,
    resume(message, signal) {
      const resumed = resumedFrom(message);
      return resumed && personBack(resumed, signal);
    },
    linkFor: ({ message, shown }, thrown) => signInQuestion(message, thrown, shown),
  };
}
