/**
 * Between stops 3 and 4, for containers that people sign in to: while they have not, clients are answered here, so that
 * none of them hangs, gives up, or has to be restarted afterwards.
 */
import { randomUUID } from 'node:crypto';
import { FairleadError } from '../../shared/errors.ts';
import { memberOf, type Message } from '../../shared/envelope.ts';
import { claimOf } from '../../shared/era.ts';
import type { Conversation, ConversationEvents, Standing, Upstream } from '../upstream/conversation.ts';
import { listings, type KnownAnswers } from './known-answers.ts';
import {
  emptyList,
  linkError,
  methodNotFound,
  minimalGreeting,
  ownAnswer,
  ownNotification,
  takesLinks,
} from './own-answers.ts';

/** Where the container's sign-in stands: what the broker watches, two stops on, where this one may not import from. */
export interface SignInWatch {
  /** `waiting`: for the person, and for so long that clients must not be kept waiting. */
  readonly stage: 'signed_out' | 'waiting' | 'signed_in';
  onChange(listener: () => void): () => void;
}

export interface CoverDeps {
  readonly upstream: Upstream;
  readonly signIn: SignInWatch;
  readonly known: KnownAnswers;
  /** The container's, for people. */
  readonly name: string;
}

/** After a sign-in the container may be out of reach for a moment, and some clients never ask a second time. */
const attemptsMs = [2_000, 5_000, 15_000, 60_000];
/** Of a remote session that is not there: said again when there is one. */
const standing = new Set(['logging/setLevel', 'resources/subscribe', 'resources/unsubscribe']);
const kinds = [...new Set([...listings.values()].map(({ capability }) => capability))];

export function coverSignIn(deps: CoverDeps): Upstream {
  const { upstream } = deps;
  return {
    converse: (events, said) => createCoveredConversation(deps, events, said),
    get transport() {
      return upstream.transport;
    },
    newerVersion: () => upstream.newerVersion(),
    close: () => upstream.close(),
  };
}

function createCoveredConversation(
  { upstream, signIn, known, name }: CoverDeps,
  events: ConversationEvents,
  said: () => Standing,
): Conversation {
  /** The client's `initialize` was answered here: the container has not heard of the client. */
  let covering = false;
  /** The client was told less than there is, and has to be told so once somebody is signed in. */
  let owing = false;
  let showsLinks = false;
  /** What the client was told that the container has, by the names of capabilities. */
  let told: readonly string[] = kinds;
  /** Ids of the links that the client was given. */
  const links = new Set<string>();
  /** What such a container has none of, although the client was told that it might. */
  const absent = new Set<string>();
  /** Under way to the container, by id. */
  const learning = new Map<string, Message>();
  let retry: NodeJS.Timeout | undefined;
  /** The client's `initialize`, as long as it is not answered. */
  let greeting: Promise<void> | undefined;

  const inner = upstream.converse(
    {
      receive(message) {
        const request = message.kind === 'response' ? learning.get(message.idKey ?? '') : undefined;
        if (request !== undefined && !message.failed) learn(request, message);
        events.receive(message);
      },
      renewed(answer) {
        const { initialize } = said();
        if (initialize !== undefined) known.learn(initialize, answer);
        const present = capabilitiesIn(answer);
        for (const kind of covering ? told : []) if (!present.includes(kind)) absent.add(kind);
        covering = false;
        events.renewed(answer);
        if (owing) settleUp();
      },
    },
    said,
  );

  const learn = (request: Message, answer: Message) => {
    known.learn(request, answer);
    if (request.method === 'initialize') told = capabilitiesIn(answer);
  };

  /** Everything is as the client may now ask for it. */
  const settleUp = () => {
    clearTimeout(retry);
    retry = undefined;
    owing = false;
    for (const elicitationId of links)
      events.receive(ownNotification('notifications/elicitation/complete', { elicitationId }));
    links.clear();
    for (const kind of told) events.receive(ownNotification(`notifications/${kind}/list_changed`));
  };

  /** Begins the remote session that the client believes to have. */
  const begin = (attempt = 0) => {
    retry = undefined;
    inner.restore();
    const pauseMs = attemptsMs[attempt];
    if (pauseMs !== undefined) retry = setTimeout(() => begin(attempt + 1), pauseMs).unref();
  };

  const onStage = () => {
    if (signIn.stage === 'waiting') owing = true;
    if (signIn.stage !== 'signed_in' || !owing || retry !== undefined) return;
    if (!covering && inner.protocolVersion !== undefined) settleUp();
    else if (said().initialize !== undefined) begin();
  };
  const stopWatching = signIn.onChange(onStage);

  /** What can be said here to a request; undefined: nothing, it has to wait. */
  const answerTo = (message: Message): string | undefined => {
    const { method } = message;
    if (method === 'initialize') return known.greeting(message) ?? minimalGreeting(message, name);
    const isList = listings.has(method);
    if (!isList && method !== 'ping' && !(covering && standing.has(method))) return undefined;
    // In the newer era a client is told of changes only where it listens: what it is answered here would stay.
    if (claimOf(message) !== undefined) return undefined;
    // Pages are the container's own; here everything is on the first one.
    return isList ? (isFirstPage(message) && known.list(method)) || emptyList(method) : '{}';
  };

  const cover = (message: Message, answer: string) => {
    owing = true;
    const own = ownAnswer(message, answer);
    if (message.method === 'initialize') {
      covering = true;
      told = capabilitiesIn(own);
    }
    events.receive(own);
    // The sign-in may just have ended.
    onStage();
  };

  /** Sends, unless the person has to sign in first. @returns whether the container has answered */
  const attempt = async (message: Message, signal: AbortSignal): Promise<boolean> => {
    if (signIn.stage === 'waiting') return false;
    const key = message.idKey ?? '';
    const given = new AbortController();
    let stop: () => void = () => undefined;
    const waiting = new Promise<false>((resolve) => {
      stop = signIn.onChange(() => {
        if (signIn.stage === 'waiting') resolve(false);
      });
    });
    learning.set(key, message);
    try {
      const sent = inner.send(message, AbortSignal.any([signal, given.signal])).then(() => true);
      return await Promise.race([sent, waiting]);
    } catch (thrown) {
      if (!isSignInNeeded(thrown)) throw thrown;
      return false;
    } finally {
      stop();
      if (learning.get(key) === message) learning.delete(key);
      given.abort(new FairleadError('cancelled', 'The request was answered without the container.'));
    }
  };

  /** A call waits for the person, and then goes to the container or comes back with the link. */
  const forward = async (message: Message, signal: AbortSignal): Promise<void> => {
    try {
      await inner.send(message, signal);
    } catch (thrown) {
      const elicitationId = randomUUID();
      const error = linkError(message, thrown, elicitationId);
      if (error === undefined) throw thrown;
      links.add(elicitationId);
      owing = true;
      events.receive(error);
    }
  };

  /**
   * A client that asks for the newer era first. What it was answered last is still so; where it never was, it had
   * better begin with `initialize`, after which all the rest can be answered here.
   */
  const discover = async (message: Message, signal: AbortSignal): Promise<void> => {
    told = [];
    if (await attempt(message, signal)) return;
    const { discovery } = known;
    events.receive(discovery === undefined ? methodNotFound(message) : ownAnswer(message, discovery));
  };

  const ask = async (message: Message, signal: AbortSignal): Promise<void> => {
    if (message.method === 'server/discover') {
      await discover(message, signal);
      return;
    }
    const answer = answerTo(message);
    if (absent.has(listings.get(message.method)?.capability ?? ''))
      events.receive(ownAnswer(message, emptyList(message.method)));
    else if (answer === undefined)
      await (showsLinks ? forward(message, signal) : inner.send(message, signal));
    else if (!(await attempt(message, signal))) cover(message, answer);
  };

  return {
    async send(message, signal) {
      if (message.method === 'initialize') {
        showsLinks = takesLinks(message);
        absent.clear();
        const asked = ask(message, signal).finally(() => {
          if (greeting === asked) greeting = undefined;
        });
        greeting = asked;
        await asked;
      } else if (message.kind === 'request') {
        await ask(message, signal);
      } else {
        await greeting?.catch(() => undefined);
        // Nobody is there to be told, or is told by `begin`; while that is under way, it waits for it.
        if (!covering || retry !== undefined) await inner.send(message, signal);
      }
    },
    restore: () => inner.restore(),
    pause: () => inner.pause(),
    resume: () => inner.resume(),
    get protocolVersion() {
      return inner.protocolVersion;
    },
    close() {
      stopWatching();
      clearTimeout(retry);
      return inner.close();
    },
  };
}

function isSignInNeeded(thrown: unknown): boolean {
  return thrown instanceof FairleadError && thrown.code === 'sign_in_needed';
}

function isFirstPage({ bytes, body }: Message): boolean {
  return memberOf(bytes, body, 'cursor') === undefined;
}

/** Of what can be listed, what an `initialize` result says that there is. */
function capabilitiesIn({ bytes, body }: Message): string[] {
  const capabilities = memberOf(bytes, body, 'capabilities');
  return kinds.filter((kind) => memberOf(bytes, capabilities, kind) !== undefined);
}
