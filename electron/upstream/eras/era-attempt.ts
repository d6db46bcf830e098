/** A message that the container may refuse for its era alone; the client is not to hear of that. */
import type { Message } from '../../../shared/envelope.ts';

export interface EraAttempt {
  /**
   * @param send the message; one at a time
   * @returns whether it was refused for its era @throws what `send` throws for another reason
   */
  make(message: Message, send: () => Promise<void>): Promise<boolean>;
  /** Takes a message of the container, in place of who hears it otherwise. */
  receive(message: Message): void;
}

/**
 * @param deps.isAboutEra of an error answer, or of what was thrown in place of an answer
 * @param deps.receive hears all that is not about the era
 */
export function createEraAttempt(deps: {
  isAboutEra: (refusal: { answer: Message } | { thrown: unknown }) => boolean | Promise<boolean>;
  receive: (message: Message) => void;
}): EraAttempt {
  const { isAboutEra, receive } = deps;
  let current: { readonly idKey: string | undefined; refusal: Message | undefined } | undefined;
  return {
    async make(message, send) {
      const own: typeof current = { idKey: message.idKey, refusal: undefined };
      current = own;
      try {
        await send();
      } catch (thrown) {
        if (!(await isAboutEra({ thrown }))) throw thrown;
        return true;
      } finally {
        if (current === own) current = undefined;
      }
      const answer = own.refusal;
      if (answer === undefined) return false;
      if (await isAboutEra({ answer })) return true;
      receive(answer);
      return false;
    },
    receive(message) {
      const answers = message.kind === 'response' && message.idKey === current?.idKey;
      if (current !== undefined && answers && message.failed) current.refusal = message;
      else receive(message);
    },
  };
}
