/**
 * Between stops 3 and 4, for containers that people sign in to: while they have not, clients are answered here, so that
 * none of them hangs, gives up, or has to be restarted afterwards.
 */
import type { Message } from '../../shared/envelope.ts';
import { claimOf } from '../../shared/era.ts';
import type { Conversation, ConversationEvents, Standing, Upstream } from '../upstream/conversation.ts';
import { coveredUpstream } from './covered-upstream.ts';
import { listings, type KnownAnswers } from './known-answers.ts';
import { createNewerCover } from './newer-cover.ts';
import { createOlderCover } from './older-cover.ts';
import { createSignInGate, type SignInWatch } from './sign-in-gate.ts';

export interface CoverDeps {
  readonly upstream: Upstream;
  readonly signIn: SignInWatch;
  readonly known: KnownAnswers;
  /** The container's, for people. */
  readonly name: string;
  /** How long a call waits for a person who has gone to sign in; default 45 s. */
  readonly personMs?: number;
}

/** All that can be answered without the container; whatever else is asked goes there, and waits for the person. */
const coverable: ReadonlySet<string> = new Set([
  ...listings.keys(),
  'initialize',
  'ping',
  'logging/setLevel',
  'resources/subscribe',
  'resources/unsubscribe',
  'server/discover',
  'subscriptions/listen',
]);

export function coverSignIn(deps: CoverDeps): Upstream {
  return coveredUpstream(deps.upstream, (events, said) => createCoveredConversation(deps, events, said));
}

function createCoveredConversation(
  { upstream, signIn, known, name, personMs }: CoverDeps,
  events: ConversationEvents,
  said: () => Standing,
): Conversation {
  const inner = upstream.converse(
    {
      receive(message) {
        if (message.method === 'notifications/subscriptions/acknowledged') {
          newer.acknowledged(message);
          return;
        }
        const request = message.kind === 'response' ? gate.requestOf(message) : undefined;
        if (request !== undefined) {
          if (!message.failed) {
            known.learn(request, message);
            older.heard(request, message);
          }
          newer.answered(request);
        }
        events.receive(message);
      },
      renewed: (answer) => older.renewed(answer),
      reached: events.reached,
    },
    said,
  );
  const gate = createSignInGate({ signIn, send: (message, signal) => inner.send(message, signal) });
  const older = createOlderCover({ inner, gate, signIn, known, events, said, name });
  const newer = createNewerCover({ gate, signIn, known, events, personMs });
  const stopWatching = signIn.onChange(() => {
    older.onStage();
    newer.onStage();
  });

  /** A call waits for the person, and then goes to the container or comes back with the link. */
  const call = async (message: Message, signal: AbortSignal): Promise<void> => {
    const back = newer.resume(message, signal);
    const resumed = back && (await back);
    try {
      await inner.send(resumed?.message ?? message, signal);
    } catch (thrown) {
      const link =
        claimOf(message) === undefined
          ? older.linkFor(message, thrown)
          : newer.linkFor(resumed ?? { message }, thrown);
      if (link === undefined) throw thrown;
      events.receive(link);
    }
  };

  const ask = async (message: Message, signal: AbortSignal): Promise<void> => {
    if (!coverable.has(message.method)) return call(message, signal);
    const cover = message.method !== 'initialize' && claimOf(message) !== undefined ? newer : older;
    if (!(await cover.ask(message, signal))) await call(message, signal);
  };

  return {
    send: (message, signal) =>
      message.kind === 'request' ? ask(message, signal) : older.tell(message, signal),
    restore: () => inner.restore(),
    pause: () => inner.pause(),
    resume: () => inner.resume(),
    get protocolVersion() {
      return inner.protocolVersion;
    },
    close() {
      stopWatching();
      older.close();
      return inner.close();
    },
  };
}
