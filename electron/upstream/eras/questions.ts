/** Questions that a container has put into a result, asked of a client that expects them as requests. */
import type { Message } from '../../../shared/envelope.ts';
import type { Question } from './older-words.ts';
import { ownNotification, ownRequest, withMembers } from '../splice.ts';

export interface Questions {
  /**
   * Asks the client all of them at once.
   * @returns its answers as one JSON object, or the error that it answered one of them with
   * @throws the signal's reason; the client is told that nobody waits for its answers
   */
  ask(
    questions: readonly Question[],
    signal: AbortSignal,
  ): Promise<{ readonly answers: Buffer } | { readonly refusal: Message }>;
  /** Takes an answer of the client; one to no open question is dropped. */
  answer(message: Message): void;
}

/** @param deps.ownId for each question one that no other request of ours has */
export function createQuestions(deps: {
  ownId: () => string;
  toClient: (message: Message) => void;
}): Questions {
  const { ownId, toClient } = deps;
  const open = new Map<string, (answer: Message) => void>();

  const askOne = async ({ method, params }: Question, signal: AbortSignal): Promise<Message> => {
    const question = ownRequest(ownId(), method, params);
    const key = question.idKey ?? '';
    let stop: () => void = () => undefined;
    try {
      return await new Promise<Message>((resolve, reject) => {
        stop = () => {
          const about = `{"requestId":${question.id ?? 'null'}}`;
          toClient(ownNotification('notifications/cancelled', about));
          reject(signal.reason as Error);
        };
        signal.addEventListener('abort', stop);
        open.set(key, resolve);
        toClient(question);
      });
    } finally {
      signal.removeEventListener('abort', stop);
      open.delete(key);
    }
  };

  return {
    async ask(questions, signal) {
      signal.throwIfAborted();
      const answers = await Promise.all(questions.map((each) => askOne(each, signal)));
      const refusal = answers.find(({ failed, body }) => failed || body === undefined);
      if (refusal !== undefined) return { refusal };
      const members = questions.map(({ key }, index): [string, Uint8Array | undefined] => {
        const { bytes, body } = answers[index] as Message;
        return [JSON.parse(key) as string, body && bytes.subarray(body.start, body.end)];
      });
      return { answers: withMembers(Buffer.alloc(0), undefined, Object.fromEntries(members)) };
    },
    answer: (message) => open.get(message.idKey ?? '')?.(message),
  };
}
