/** Between stops 3 and 4: lets requests through to the container, or says that the person has to sign in first. */
import { FairleadError } from '../../shared/errors.ts';
import type { Message } from '../../shared/envelope.ts';
import type { Conversation } from '../upstream/conversation.ts';

/** After a sign-in the container may be out of reach for a moment, and some clients never ask a second time. */
export const attemptsMs: readonly number[] = [2_000, 5_000, 15_000, 60_000];

/** Where the container's sign-in stands: what the broker watches, two stops on, where this one may not import from. */
export interface SignInWatch {
  /** `waiting`: for the person, and for so long that clients must not be kept waiting. */
  readonly stage: 'signed_out' | 'waiting' | 'signed_in';
  onChange(listener: () => void): () => void;
}

export interface SignInGate {
  /**
   * Sends, unless the person has to sign in first.
   * @param isTaken whether the container has begun with it: then it stays there, whoever signs out meanwhile
   * @returns whether the container has answered
   */
  pass(message: Message, signal: AbortSignal, isTaken?: () => boolean): Promise<boolean>;
  /** The request that was let through here and that this answers. */
  requestOf(answer: Message): Message | undefined;
}

export function createSignInGate(deps: { signIn: SignInWatch; send: Conversation['send'] }): SignInGate {
  const { signIn, send } = deps;
  /** Under way to the container, by id. */
  const passing = new Map<string, Message>();

  return {
    async pass(message, signal, isTaken = () => false) {
      if (signIn.stage === 'waiting') return false;
      const key = message.idKey ?? '';
      const given = new AbortController();
      let stop: () => void = () => undefined;
      const waiting = new Promise<false>((resolve) => {
        stop = signIn.onChange(() => {
          if (signIn.stage === 'waiting' && !isTaken()) resolve(false);
        });
      });
      passing.set(key, message);
      try {
        const sent = send(message, AbortSignal.any([signal, given.signal])).then(() => true);
        return await Promise.race([sent, waiting]);
      } catch (thrown) {
        if (!isSignInNeeded(thrown)) throw thrown;
        return false;
      } finally {
        stop();
        if (passing.get(key) === message) passing.delete(key);
        given.abort(new FairleadError('cancelled', 'The request was answered without the container.'));
      }
    },
    requestOf: ({ idKey }) => passing.get(idKey ?? ''),
  };
}

function isSignInNeeded(thrown: unknown): boolean {
  return thrown instanceof FairleadError && thrown.code === 'sign_in_needed';
}
