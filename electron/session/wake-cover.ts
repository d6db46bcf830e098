/**
 * Between stops 3 and 4, for containers that the platform hosts: a request to one that sleeps has it started, and leaves
 * when it runs.
 */
import { FairleadError } from '../../shared/errors.ts';
import { idKeyOf, memberOf, type Message } from '../../shared/envelope.ts';
import { isOpenEnded } from '../../shared/era.ts';
import type { Conversation, ConversationEvents, Standing, Upstream } from '../upstream/conversation.ts';
import { keyMember } from './in-flight.ts';
import { acknowledgement, subscriptionId } from './newer-answers.ts';
import type { WakeGate } from './wake-gate.ts';
import { createWakeProgress } from './wake-progress.ts';

export interface WakeCoverDeps {
  readonly upstream: Upstream;
  /** Of the container. */
  readonly gate: WakeGate;
  /** The container's, for people. */
  readonly name: string;
}

export function coverWake(deps: WakeCoverDeps): Upstream {
  const { upstream } = deps;
  return {
    converse: (events, said) => createWakingConversation(deps, events, said),
    get transport() {
      return upstream.transport;
    },
    newerVersion: () => upstream.newerVersion(),
    close: () => upstream.close(),
  };
}

function createWakingConversation(
  { upstream, gate, name }: WakeCoverDeps,
  events: ConversationEvents,
  said: () => Standing,
): Conversation {
  /** Requests of which nothing has left yet, by id. */
  const waiting = new Map<string, AbortController>();
  /** Of the client's `initialize`: what it tells behind that must not overtake it. Never rejects. */
  let greeting: Promise<void> | undefined;
  /** Each `subscriptions/listen` that is under way, by id, and whether the client believes that it is listened to. */
  const listening = new Map<string, { acknowledged: boolean }>();
  const progress = createWakeProgress({ name, receive: (message) => events.receive(message) });

  /** Once is enough, whoever was the first to say it. */
  const acknowledge = (message: Message) => {
    const { bytes, body } = message;
    const id = memberOf(bytes, memberOf(bytes, body, '_meta'), subscriptionId);
    const listener = listening.get((id && idKeyOf(bytes, id)) ?? '');
    if (listener?.acknowledged !== true) events.receive(message);
    if (listener !== undefined) listener.acknowledged = true;
  };

  const inner = upstream.converse(
    {
      receive(message, about) {
        if (listening.size > 0 && message.method === 'notifications/subscriptions/acknowledged')
          acknowledge(message);
        else if (progress.passes(message)) events.receive(message, about);
      },
      renewed: (answer) => events.renewed(answer),
    },
    said,
    // Nobody wakes a container only to hear whether it has something to tell.
    (signal) => gate.awake(signal),
  );

  /** @throws also when the request is cancelled */
  const wait = async (
    request: Message,
    signal: AbortSignal,
    until: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> => {
    const key = request.idKey ?? '';
    const cancelled = new AbortController();
    waiting.set(key, cancelled);
    try {
      await until(AbortSignal.any([signal, cancelled.signal]));
    } finally {
      if (waiting.get(key) === cancelled) waiting.delete(key);
    }
  };

  const send = (message: Message, signal: AbortSignal): Promise<void> =>
    inner.send(message, signal).catch((thrown: unknown) => {
      throw gate.explain(thrown);
    });

  const wakeAndSend = async (request: Message, signal: AbortSignal): Promise<void> => {
    const stopTelling = progress.begin(request);
    try {
      const woken = wait(request, signal, (until) => gate.wake(until)).finally(stopTelling);
      if (request.method === 'initialize') greeting = woken.catch(() => undefined);
      await woken;
      await send(request, signal);
    } finally {
      progress.forget(request);
    }
  };

  /** Listens on behind a sleep, without ending it. */
  const listen = async (request: Message, signal: AbortSignal): Promise<void> => {
    const key = request.idKey ?? '';
    const listener = { acknowledged: false };
    listening.set(key, listener);
    try {
      for (;;) {
        if (gate.asleep && !listener.acknowledged) acknowledge(acknowledgement(request));
        await wait(request, signal, (until) => gate.awake(until));
        try {
          await inner.send(request, signal);
          return;
        } catch (thrown) {
          if (!gate.asleep || signal.aborted) throw thrown;
        }
      }
    } finally {
      if (listening.get(key) === listener) listening.delete(key);
    }
  };

  return {
    async send(message, signal) {
      if (message.kind === 'request') {
        if (isOpenEnded(message.method)) await listen(message, signal);
        else await (gate.asleep ? wakeAndSend(message, signal) : send(message, signal));
        return;
      }
      const cancels = message.method === 'notifications/cancelled';
      const withdrawn = cancels ? waiting.get(keyMember(message, 'requestId') ?? '') : undefined;
      if (withdrawn !== undefined) {
        withdrawn.abort(new FairleadError('cancelled', 'The request was cancelled.'));
        return;
      }
      await greeting;
      await inner.send(message, signal);
    },
    restore: () => inner.restore(),
    pause: () => inner.pause(),
    resume: () => inner.resume(),
    get protocolVersion() {
      return inner.protocolVersion;
    },
    close: () => inner.close(),
  };
}
