/**
 * Between stops 3 and 4, for containers that the platform hosts: a request to one that sleeps has it started, and leaves
 * when it runs.
 */
import { FairleadError } from '../../shared/errors.ts';
import type { Message } from '../../shared/envelope.ts';
import { isOpenEnded } from '../../shared/era.ts';
import type { Conversation, ConversationEvents, Standing, Upstream } from '../upstream/conversation.ts';
import { coveredUpstream } from './covered-upstream.ts';
import { keyMember } from './in-flight.ts';
import type { WakeGate } from './wake-gate.ts';
import { createWakeListeners } from './wake-listeners.ts';
import { createWakeProgress } from './wake-progress.ts';

export interface WakeCoverDeps {
  readonly upstream: Upstream;
  /** Of the container. */
  readonly gate: WakeGate;
  /** The container's, for people. */
  readonly name: string;
}

export function coverWake(deps: WakeCoverDeps): Upstream {
  return coveredUpstream(deps.upstream, (events, said) => createWakingConversation(deps, events, said));
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
  const receive = (message: Message) => events.receive(message);
  const listeners = createWakeListeners({ gate, receive });
  const progress = createWakeProgress({ name, receive });

  const inner = upstream.converse(
    {
      receive(message, about) {
        if (!listeners.takes(message) && progress.passes(message)) events.receive(message, about);
      },
      renewed: (answer) => events.renewed(answer),
      reached: events.reached,
    },
    said,
    // Its listening streams, too, wait for somebody's call to wake it.
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

  const listen = (request: Message, signal: AbortSignal): Promise<void> =>
    listeners.listen(request, {
      awake: () => wait(request, signal, (until) => gate.awake(until)),
      send: () => inner.send(request, signal),
    });

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
