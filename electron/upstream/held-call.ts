/** A call under way at a container of the older era, whose client of the newer one comes back for it round by round. */
import type { Message } from '../../shared/envelope.ts';

export type CallEvent =
  | { readonly kind: 'answer'; readonly answer: Message }
  | { readonly kind: 'questions'; readonly questions: ReadonlyMap<string, Message> }
  | { readonly kind: 'failed'; readonly thrown: unknown };

export class HeldCall {
  /** Ends the exchange with the container. */
  readonly controller = new AbortController();
  readonly #questions = new Map<string, Message>();
  #outcome: CallEvent | undefined;
  #lastQuestion = 0;
  #wake: () => void = () => undefined;

  /** The container asks. */
  ask(question: Message): void {
    this.#lastQuestion += 1;
    this.#questions.set(`q${this.#lastQuestion}`, question);
    this.#wake();
  }

  settle(outcome: CallEvent): void {
    this.#outcome ??= outcome;
    this.#wake();
  }

  /** The question is answered. */
  answered(key: string): Message | undefined {
    const question = this.#questions.get(key);
    this.#questions.delete(key);
    return question;
  }

  /** What the container says next. @throws the signal's reason */
  async next(signal: AbortSignal): Promise<CallEvent> {
    for (;;) {
      signal.throwIfAborted();
      if (this.#outcome !== undefined) return this.#outcome;
      if (this.#questions.size > 0) return { kind: 'questions', questions: new Map(this.#questions) };
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }
}
