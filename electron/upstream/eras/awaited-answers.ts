/** Requests of ours under way in a conversation, each of which resolves with its answer. */
import { FairleadError } from '../../../shared/errors.ts';
import type { Message } from '../../../shared/envelope.ts';

export interface AwaitedAnswers {
  /** An id that no other request here has. */
  readonly ownId: () => string;
  /** @throws FairleadError what `send` throws, or where there was no answer; or the signal's reason */
  readonly exchange: (request: Message, signal: AbortSignal) => Promise<Message>;
  /** Takes an answer of the container; one to no open request is dropped. */
  readonly take: (answer: Message) => void;
}

/** @param send resolves once the answer was taken */
export function createAwaitedAnswers(
  send: (request: Message, signal: AbortSignal) => Promise<void>,
): AwaitedAnswers {
  const awaited = new Map<string, (answer: Message) => void>();
  let lastId = 0;
  return {
    ownId: () => `fairlead-${(lastId += 1)}`,
    async exchange(request, signal) {
      let answer: Message | undefined;
      const key = request.idKey ?? '';
      awaited.set(key, (message) => (answer = message));
      try {
        await send(request, signal);
      } finally {
        awaited.delete(key);
      }
      signal.throwIfAborted();
      if (answer === undefined)
        throw new FairleadError('protocol_violation', 'The container did not answer.');
      return answer;
    },
    take: (answer) => awaited.get(answer.idKey ?? '')?.(answer),
  };
}
