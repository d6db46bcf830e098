/** Those who listen to a hosted container (`subscriptions/listen`): on behind its sleep, of which they need not know. */
import type { Message } from '../../shared/envelope.ts';
import { acknowledgement, subscriptionOf } from './newer-answers.ts';
import type { WakeGate } from './wake-gate.ts';

interface Listener {
  /** The client believes that it is listened to. */
  acknowledged: boolean;
  /** It has ended as the container went to sleep. */
  interrupted: boolean;
}

export interface WakeListeners {
  /** Whether a message of the container is dealt with here. */
  takes(message: Message): boolean;
  /**
   * Resolves when the container has ended it for good. Nobody wakes a container only to hear whether it has something to tell.
   * @param ways.awake resolves when the container runs
   * @param ways.send as Conversation's
   */
  listen(request: Message, ways: { awake: () => Promise<void>; send: () => Promise<void> }): Promise<void>;
}

export function createWakeListeners(deps: {
  gate: Pick<WakeGate, 'asleep'>;
  receive: (message: Message) => void;
}): WakeListeners {
  const { gate, receive } = deps;
  const listeners = new Map<string, Listener>();

  /** Once is enough, whoever was the first to say it. */
  const acknowledge = (listener: Listener, message: Message) => {
    if (!listener.acknowledged) receive(message);
    listener.acknowledged = true;
  };

  return {
    takes(message) {
      if (listeners.size === 0) return false;
      if (message.method === 'notifications/subscriptions/acknowledged') {
        const listener = listeners.get(subscriptionOf(message));
        if (listener !== undefined) acknowledge(listener, message);
        return listener !== undefined;
      }
      const listener = message.kind === 'response' ? listeners.get(message.idKey ?? '') : undefined;
      if (listener === undefined || message.failed || !gate.asleep) return false;
      listener.interrupted = true;
      return true;
    },
    async listen(request, { awake, send }) {
      const key = request.idKey ?? '';
      const listener: Listener = { acknowledged: false, interrupted: false };
      const goesOn = () => listener.interrupted;
      listeners.set(key, listener);
      try {
        do {
          listener.interrupted = false;
          if (gate.asleep) acknowledge(listener, acknowledgement(request));
          await awake();
          await send().catch((thrown: unknown) => {
            if (!gate.asleep) throw thrown;
            listener.interrupted = true;
          });
        } while (goesOn());
      } finally {
        if (listeners.get(key) === listener) listeners.delete(key);
      }
    },
  };
}
