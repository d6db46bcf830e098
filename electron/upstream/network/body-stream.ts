/** A response's body between undici and its reader: what comes too early or while paused is kept, in order. */
import type { BodySink } from '../../credentials/exchange.ts';

/** The connection's side: undici's controller. */
export interface Valve {
  pause(): void;
  resume(): void;
}

type Outcome = { readonly kind: 'ended' } | { readonly kind: 'failed'; readonly error: unknown };

/**
 * Kept for a reader that has not come yet or has paused; more than that stays in the network. More than a socket reads
 * at once (64 KiB): each time that undici's parser is stopped it puts back, and later copies again, all that it holds,
 * and reads on. Stopped after every small piece it would hold ever more.
 */
const maxKeptBytes = 128 * 1024;

export class BodyStream {
  readonly #valve: Valve;
  readonly #onSettled: () => void;
  #sink: BodySink | undefined;
  #kept: Uint8Array[] = [];
  #keptBytes = 0;
  #paused = false;
  /** Whether the valve is. */
  #closed = false;
  /** What the network ended with; the reader hears of it after the chunks. */
  #outcome: Outcome | undefined;
  /** The reader has heard of the outcome, or wants to hear nothing. */
  #settled = false;

  constructor(valve: Valve, onSettled: () => void) {
    this.#valve = valve;
    this.#onSettled = onSettled;
  }

  /** From the network. */
  push(chunk: Uint8Array): void {
    if (this.#settled) return;
    this.#kept.push(chunk);
    this.#keptBytes += chunk.byteLength;
    if (this.#sink !== undefined) this.#deliver(this.#sink);
    if (this.#keptBytes <= maxKeptBytes || this.#closed) return;
    this.#closed = true;
    this.#valve.pause();
  }

  /** From the network: there is no more. */
  finish(outcome: Outcome): void {
    this.#outcome ??= outcome;
    if (this.#sink !== undefined) this.#deliver(this.#sink);
  }

  /** Fails at once; what was kept is dropped. */
  fail(error: unknown): void {
    this.#forget();
    this.#outcome = { kind: 'failed', error };
    if (this.#sink !== undefined) this.#deliver(this.#sink);
  }

  /** The reader hears nothing more; the network is read on. */
  drop(): void {
    this.#forget();
    this.#paused = false;
    this.#settle();
    this.#reopen();
  }

  read(sink: BodySink): void {
    this.#sink = sink;
    this.#deliver(sink);
    this.#reopen();
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    this.#reopen();
  }

  /**
   * Deferred, as the reader of another response may be the caller: undici has one parser for all connections, and it
   * cannot be entered twice.
   */
  #reopen(): void {
    queueMicrotask(() => {
      if (this.#sink !== undefined) this.#deliver(this.#sink);
      // Not after the end: the connection, and so the valve, may be another exchange's by then.
      if (this.#paused || !this.#closed || this.#outcome !== undefined) return;
      this.#closed = false;
      this.#valve.resume();
    });
  }

  #forget(): void {
    this.#kept = [];
    this.#keptBytes = 0;
  }

  #deliver(sink: BodySink): void {
    try {
      while (!this.#paused && !this.#settled) {
        const chunk = this.#kept.shift();
        if (chunk === undefined) break;
        this.#keptBytes -= chunk.byteLength;
        sink.data(chunk);
      }
    } catch (thrown) {
      this.fail(thrown);
    }
    if (this.#kept.length > 0 || this.#outcome === undefined || this.#settled) return;
    this.#settle();
    if (this.#outcome.kind === 'ended') sink.end();
    else sink.fail(this.#outcome.error);
  }

  #settle(): void {
    this.#settled = true;
    this.#onSettled();
  }
}
