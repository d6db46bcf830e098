/** A response's body between undici and its reader: what comes too early or while paused is kept, in order. */
import type { BodySink } from '../credentials/exchange.ts';

/** The connection's side: undici's controller. */
export interface Valve {
  pause(): void;
  resume(): void;
  abort(reason: Error): void;
}

type Outcome = { readonly kind: 'ended' } | { readonly kind: 'failed'; readonly error: unknown };

/** Kept for a reader that has not come yet; more than that stays in the network. */
const earlyBytes = 64 * 1024;

export class BodyStream {
  readonly #valve: Valve;
  #sink: BodySink | undefined;
  #kept: Uint8Array[] = [];
  #keptBytes = 0;
  #paused = false;
  #outcome: Outcome | undefined;
  #closed = false;

  constructor(valve: Valve) {
    this.#valve = valve;
  }

  /** From the network. */
  push(chunk: Uint8Array): void {
    if (this.#closed) return;
    this.#kept.push(chunk);
    if (this.#sink !== undefined) {
      this.#deliver();
      return;
    }
    this.#keptBytes += chunk.byteLength;
    if (this.#keptBytes > earlyBytes) this.#valve.pause();
  }

  /** The network has no more. The reader hears of it after the chunks. */
  finish(outcome: Outcome): void {
    this.#outcome ??= outcome;
    if (this.#sink !== undefined) this.#deliver();
  }

  /** Fails at once; what was kept is dropped. */
  fail(error: unknown): void {
    this.#kept = [];
    this.#outcome = { kind: 'failed', error };
    if (this.#sink !== undefined) this.#deliver();
  }

  /** The reader hears nothing more. */
  drop(): void {
    this.#closed = true;
    this.#kept = [];
    if (this.#outcome === undefined) this.#valve.resume();
  }

  read(sink: BodySink): void {
    this.#sink = sink;
    this.#deliver();
    this.#reopen();
  }

  pause(): void {
    this.#paused = true;
    if (this.#outcome === undefined) this.#valve.pause();
  }

  /**
   * Deferred, as it may be called from within the reader of another response, when undici's parser (one for all
   * connections) must not be entered again.
   */
  resume(): void {
    this.#paused = false;
    queueMicrotask(() => {
      this.#deliver();
      this.#reopen();
    });
  }

  /** Not after the end: the connection, and so the valve, may be another exchange's by then. */
  #reopen(): void {
    if (!this.#paused && !this.#closed && this.#outcome === undefined) this.#valve.resume();
  }

  #deliver(): void {
    const sink = this.#sink;
    if (sink === undefined || this.#closed) return;
    try {
      while (!this.#paused && !this.#isClosed()) {
        const chunk = this.#kept.shift();
        if (chunk === undefined) break;
        sink.data(chunk);
      }
    } catch (thrown) {
      this.#kept = [];
      this.#outcome = { kind: 'failed', error: thrown };
      this.#valve.abort(thrown instanceof Error ? thrown : new Error('The reader of a response failed.'));
    }
    if (this.#kept.length > 0 || this.#outcome === undefined || this.#isClosed()) return;
    this.#closed = true;
    if (this.#outcome.kind === 'ended') sink.end();
    else sink.fail(this.#outcome.error);
  }

  /** The reader may drop the body while it is given a chunk. */
  #isClosed(): boolean {
    return this.#closed;
  }
}
