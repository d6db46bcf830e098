/** One call at a container of the older era, whose client of the newer one comes back for it round by round. */
import { FairleadError } from '../../../shared/errors.ts';
import type { Message } from '../../../shared/envelope.ts';
import { levelOf, progressTokenOf, type ProgressToken } from './newer-words.ts';

/** More than any container has to ask about one call at a time. */
const maxQuestions = 100;

export type CallEvent =
  | { readonly kind: 'answer'; readonly answer: Message }
  /** By the names under which the client is to answer them. */
  | { readonly kind: 'questions'; readonly questions: ReadonlyMap<string, Message> };

export class HeldCall {
  readonly #controller = new AbortController();
  readonly #questions = new Map<string, Message>();
  readonly #token: ProgressToken | undefined;
  /** Of the round that is under way. */
  #round: Message | undefined;
  #outcome: { readonly answer: Message } | { readonly thrown: unknown } | undefined;
  #lastQuestion = 0;
  #wake: () => void = () => undefined;

  /** Whether its client has a way to be asked about it. */
  readonly takesQuestions: boolean;

  /** @param first round's request */
  constructor(first: Message, { takesQuestions }: { takesQuestions: boolean }) {
    this.takesQuestions = takesQuestions;
    this.#token = progressTokenOf(first);
    this.#round = first;
  }

  /** Ends the exchange with the container. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether its client wants to hear log messages now. */
  get hearsLog(): boolean {
    return this.#round !== undefined && levelOf(this.#round) !== undefined;
  }

  /** Whether progress under this token is this call's. */
  makesProgressAs(key: string): boolean {
    return this.#token?.key === key;
  }

  /** Under which token its client is told of progress now; undefined: it is not. */
  get progressToken(): ProgressToken | undefined {
    return this.#round && progressTokenOf(this.#round);
  }

  /** The client has come back for it. */
  goOn(round: Message): void {
    this.#round = round;
  }

  /** The container asks. @returns whether the client will be told */
  ask(question: Message): boolean {
    if (this.#questions.size >= maxQuestions) return false;
    this.#lastQuestion += 1;
    this.#questions.set(`question-${this.#lastQuestion}`, question);
    this.#wake();
    return true;
  }

  /** The container does not want to know any more. @param idKey of its question */
  withdraw(idKey: string | undefined): void {
    for (const [name, question] of this.#questions) {
      if (question.idKey === idKey) this.#questions.delete(name);
    }
  }

  /** Takes a question out, to be answered. */
  take(name: string): Message | undefined {
    const question = this.#questions.get(name);
    this.#questions.delete(name);
    return question;
  }

  get openQuestions(): readonly string[] {
    return [...this.#questions.keys()];
  }

  /** Follows the exchange with the container to its end. */
  async run(exchange: (signal: AbortSignal) => Promise<Message>): Promise<void> {
    try {
      this.#outcome = { answer: await exchange(this.signal) };
    } catch (thrown) {
      this.#outcome = { thrown };
    }
    this.#wake();
  }

  /**
   * What the container says next, for this round.
   * @throws what the exchange failed with, or the signal's reason
   */
  async next(signal: AbortSignal): Promise<CallEvent> {
    for (;;) {
      signal.throwIfAborted();
      if (this.#outcome !== undefined) {
        if ('thrown' in this.#outcome) throw this.#outcome.thrown;
        return { kind: 'answer', answer: this.#outcome.answer };
      }
      if (this.#questions.size > 0) {
        this.#round = undefined;
        return { kind: 'questions', questions: new Map(this.#questions) };
      }
      await new Promise<void>((resolve) => {
        const wake = () => {
          signal.removeEventListener('abort', wake);
          resolve();
        };
        this.#wake = wake;
        signal.addEventListener('abort', wake);
      });
    }
  }

  /** Nobody will come back for it. */
  abandon(): void {
    this.#controller.abort(new FairleadError('timed_out', 'The client did not come back for its call.'));
  }
}
