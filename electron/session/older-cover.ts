/** What a client of the era with sessions is answered while nobody is signed in, and how it is told afterwards. */
import { randomUUID } from 'node:crypto';
import { memberOf, type Message } from '../../shared/envelope.ts';
import type { Conversation, ConversationEvents, Standing } from '../upstream/conversation.ts';
import { kinds, listings, type KnownAnswers } from './known-answers.ts';
import {
  linkError,
  listResult,
  minimalGreeting,
  ownAnswer,
  ownNotification,
  takesLinks,
} from './own-answers.ts';
import { attemptsMs, type SignInGate, type SignInWatch } from './sign-in-gate.ts';

/** Of a remote session that is not there: said again when there is one. */
const standing = new Set(['logging/setLevel', 'resources/subscribe', 'resources/unsubscribe']);

export interface OlderCover {
  /** @returns false for what has to wait for the person */
  ask(message: Message, signal: AbortSignal): Promise<boolean>;
  /** Of what the client only tells. */
  tell(message: Message, signal: AbortSignal): Promise<void>;
  /** The container has answered what the gate let through. */
  heard(request: Message, answer: Message): void;
  renewed(answer: Message): void;
  onStage(): void;
  /** What the client is answered where only a sign-in is missing; undefined: it cannot show links, or there is none. */
  linkFor(message: Message, thrown: unknown): Message | undefined;
  close(): void;
}

export function createOlderCover(deps: {
  readonly inner: Conversation;
  readonly gate: SignInGate;
  readonly signIn: SignInWatch;
  readonly known: KnownAnswers;
  readonly events: ConversationEvents;
  readonly said: () => Standing;
  /** The container's, for people. */
  readonly name: string;
}): OlderCover {
  const { inner, gate, signIn, known, events, said, name } = deps;
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
  let retry: NodeJS.Timeout | undefined;
  /** The client's `initialize`, as long as it is not answered. */
  let greeting: Promise<boolean> | undefined;

  /** Everything is as the client may now ask for it. */
  const settleUp = () => {
    clearTimeout(retry);
    retry = undefined;
    owing = false;
    for (const elicitationId of links)
      events.receive(
        ownNotification('notifications/elicitation/complete', JSON.stringify({ elicitationId })),
      );
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
    const begun = said().initialize !== undefined;
    if (begun && signIn.stage === 'waiting') owing = true;
    if (signIn.stage !== 'signed_in' || !owing || retry !== undefined) return;
    if (!covering && inner.protocolVersion !== undefined) settleUp();
    else if (begun) begin();
  };

  /** The result, as JSON, that the client gets in the container's place. */
  const resultOf = (message: Message): string => {
    const { method } = message;
    if (method === 'initialize') return known.greeting(message) ?? minimalGreeting(message, name);
    return listings.has(method) ? listResult(method, known.listed(message)) : '{}';
  };

  const cover = (message: Message) => {
    owing = true;
    const own = ownAnswer(message, resultOf(message));
    if (message.method === 'initialize') {
      covering = true;
      told = capabilitiesIn(own);
    }
    events.receive(own);
    // The sign-in may just have ended.
    onStage();
  };

  const ask = async (message: Message, signal: AbortSignal): Promise<boolean> => {
    const { method } = message;
    if (standing.has(method) && !covering) return false;
    if (absent.has(listings.get(method)?.capability ?? ''))
      events.receive(ownAnswer(message, listResult(method)));
    else if (!(await gate.pass(message, signal))) cover(message);
    return true;
  };

  return {
    ask(message, signal) {
      if (message.method !== 'initialize') return ask(message, signal);
      showsLinks = takesLinks(message);
      absent.clear();
      const asked = ask(message, signal).finally(() => {
        if (greeting === asked) greeting = undefined;
      });
      greeting = asked;
      return asked;
    },
    async tell(message, signal) {
      await greeting?.catch(() => undefined);
      // Nobody is there to be told, or is told by `begin`; while that is under way, it waits for it.
      if (!covering || retry !== undefined) await inner.send(message, signal);
    },
    heard(request, answer) {
      if (request.method === 'initialize') told = capabilitiesIn(answer);
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
    onStage,
    linkFor(message, thrown) {
      const elicitationId = randomUUID();
      const error = showsLinks ? linkError(message, thrown, elicitationId) : undefined;
      if (error === undefined) return undefined;
      links.add(elicitationId);
      owing = true;
      return error;
    },
    close: () => clearTimeout(retry),
  };
}

/** Of what can be listed, what an `initialize` result says that there is. */
function capabilitiesIn({ bytes, body }: Message): string[] {
  const capabilities = memberOf(bytes, body, 'capabilities');
  return kinds.filter((kind) => memberOf(bytes, capabilities, kind) !== undefined);
}
