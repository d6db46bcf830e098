/** A message that the container may refuse for its era alone; the client is not to hear of that. */
import type { Message } from '../../../shared/envelope.ts';

export interface EraAttempt {
  /**
   * @param send the message; one at a time
   * @returns whether it was refused for its era @throws what `send` throws for another reason
   */
  make(message: Message, send: () => Promise<void>): Promise<boolean>;
  /** Whether a message of the container is such a refusal of the one under way. */
  isRefusal(message: Message): boolean;
}

/**
 * @param deps.refuses whether a container's answer is about the era
 * @param deps.refusedBy whether what was thrown in place of an answer is
 */
export function createEraAttempt(deps: {
  refuses: (answer: Message) => boolean;
  refusedBy: (thrown: unknown) => boolean | Promise<boolean>;
}): EraAttempt {
  let current: { readonly idKey: string | undefined; refused: boolean } | undefined;
  return {
    async make(message, send) {
      const own = { idKey: message.idKey, refused: false };
      current = own;
      try {
        await send();
      } catch (thrown) {
        if (!(await deps.refusedBy(thrown))) throw thrown;
        return true;
      } finally {
        if (current === own) current = undefined;
      }
      return own.refused;
    },
    isRefusal(message) {
      if (current === undefined || message.kind !== 'response' || message.idKey !== current.idKey)
        return false;
      if (!deps.refuses(message)) return false;
      current.refused = true;
      return true;
    },
  };
}
