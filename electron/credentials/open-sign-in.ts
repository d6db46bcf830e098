/** A sign-in that waits for the person, and the requests that wait with it. */
import type { Container } from '../../shared/container.ts';
import { SignInNeeded } from '../../shared/errors.ts';
import type { AccessToken } from './access-token.ts';
import type { Prompt } from './sign-in/prompt.ts';
import { untilAborted } from './until-aborted.ts';

export class OpenSignIn {
  readonly container: Container;
  readonly since: number;
  readonly #display: (prompt: Prompt) => void;
  readonly #onChange: () => void;
  readonly #controller = new AbortController();
  /** No tab was opened: the person has the link only. */
  #quiet: boolean;
  readonly #patienceMs: number;
  #isLong = false;
  #prompt: Prompt | undefined;
  #done: Promise<AccessToken> | undefined;
  /** How many wait for it now. Who has been given the link and gone counts no more. */
  #waiting = 0;
  readonly #shown: Promise<void>;
  #tellShown: () => void = () => undefined;

  constructor(options: {
    container: Container;
    since: number;
    quiet: boolean;
    display: (prompt: Prompt) => void;
    onChange: () => void;
    /** How long it may last before it `isLong`. */
    patienceMs: number;
  }) {
    this.container = options.container;
    this.since = options.since;
    this.#quiet = options.quiet;
    this.#display = options.display;
    this.#onChange = options.onChange;
    this.#patienceMs = options.patienceMs;
    this.#shown = new Promise((resolve) => {
      this.#tellShown = resolve;
    });
  }

  get prompt(): Prompt | undefined {
    return this.#prompt;
  }

  /** It has lasted so long that clients must not be kept waiting any more. */
  get isLong(): boolean {
    return this.#isLong;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** How it ends. */
  get done(): Promise<AccessToken> {
    return this.#done ?? Promise.reject(new Error('The sign-in was never begun.'));
  }

  run(work: Promise<AccessToken>): void {
    this.#done = work;
    const timer = setTimeout(() => {
      this.#isLong = true;
      this.#onChange();
    }, this.#patienceMs);
    const end = () => clearTimeout(timer);
    work.then(end, end);
  }

  abort(reason: unknown): void {
    this.#controller.abort(reason);
  }

  show(prompt: Prompt): void {
    this.#prompt = prompt;
    if (!this.#quiet) this.#display(prompt);
    this.#tellShown();
    this.#onChange();
  }

  /** @param asked the person asks: they want to see it, whether or not they have seen it before */
  showAgain(asked: boolean): void {
    const show = this.#quiet || asked;
    this.#quiet = false;
    if (show && this.#prompt !== undefined) this.#display(this.#prompt);
  }

  /**
   * For who asked for it, however long it takes. Rejects with what kept them from it, or the signal's reason; then the
   * sign-in ends, if nobody else waits for it.
   */
  async outcome(signal: AbortSignal = new AbortController().signal): Promise<AccessToken> {
    this.#waiting += 1;
    try {
      return await untilAborted(this.done, signal);
    } finally {
      this.#waiting -= 1;
      if (signal.aborted && this.#waiting === 0) this.abort(signal.reason);
    }
  }

  /**
   * For a request.
   * @param terms.waitMs how long it may take
   * @throws SignInNeeded then, or as soon as there is a link where nothing but the link is shown
   */
  async wait({ signal, waitMs }: { signal: AbortSignal; waitMs: number }): Promise<AccessToken> {
    const ended = this.done;
    let timer: NodeJS.Timeout | undefined;
    const tooLong = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), waitMs);
    });
    const shown = this.#shown.then(() => (this.#quiet ? ('late' as const) : tooLong));
    this.#waiting += 1;
    try {
      const first = await untilAborted(Promise.race([ended, tooLong, shown]), signal);
      if (first === 'late') throw new SignInNeeded(this.#prompt);
      return first;
    } finally {
      this.#waiting -= 1;
      clearTimeout(timer);
    }
  }
}
