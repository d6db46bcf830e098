/** A response's body between undici and its reader: what comes too early or while paused is kept, in order. */
import type { BodySink } from '../credentials/exchange.ts';

/** The connection's side: undici's controller. */
export interface Valve {
  pause(): void;
  resume(): void;
}

type Outcome = { readonly kind: 'ended' } | { readonly kind: 'failed'; readonly error: unknown };

/** Kept for a reader that has not come yet; more than that stays in the network. */
const earlyBytes = 64 * 1024;

export class BodyStream {
  readonly #valve: Valve;
  readonly #onSettled: () => void;
  #sink: BodySink | undefined;
  #kept: Uint8Array[] = [];
  #earlyBytes = 0;
  #paused = false;
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
    if (this.#sink !== undefined) {
      this.#deliver(this.#sink);
      return;
    }
    this.#earlyBytes += chunk.byteLength;
    if (this.#earlyBytes > earlyBytes) this.#valve.pause();
  }

  /** From the network: there is no more. */
  finish(outcome: Outcome): void {
    this.#outcome ??= outcome;
    if (this.#sink !== undefined) this.#deliver(this.#sink);
  }

  /** Fails at once; what was kept is dropped. */
  fail(error: unknown): void {
    this.#kept = [];
    this.#outcome = { kind: 'failed', error };
    if (this.#sink !== undefined) this.#deliver(this.#sink);
  }

  /** The reader hears nothing more; the network is read on. */
  drop(): void {
    this.#kept = [];
    this.#paused = false;
    this.#settle();
    this.#reopen();
  }

  read(sink: BodySink): void {
    this.#sink = sink;
    this.#deliver(sink);
    if (this.#earlyBytes > earlyBytes) this.#reopen();
  }

  pause(): void {
    this.#paused = true;
    // Not after the end, here and below: the connection, and so the valve, may be another exchange's by then.
    if (this.#outcome === undefined) this.#valve.pause();
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
      if (!this.#paused && this.#outcome === undefined) this.#valve.resume();
    });
  }

  #deliver(sink: BodySink): void {
    try {
      while (!this.#paused && !this.#settled) {
        const chunk = this.#kept.shift();
        if (chunk === undefined) break;
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
