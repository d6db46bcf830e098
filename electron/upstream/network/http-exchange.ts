/** One request and its response: undici's handler on one side, the caller's HttpResponse on the other. */
import { setMaxListeners } from 'node:events';
import type { Dispatcher } from 'undici';
import { FairleadError } from '../../../shared/errors.ts';
import type { BodySink, HttpRequest, HttpResponse } from '../../credentials/exchange.ts';
import { BodyStream } from './body-stream.ts';
import type { Lane, Passenger, Seat } from './lane.ts';
import { exchangeError, unsentError } from './network-errors.ts';

type Headers = Readonly<Record<string, string | string[] | undefined>>;

export interface Settle {
  resolve(response: HttpResponse): void;
  reject(error: unknown): void;
}

/** A rest no longer than this is read and dropped, so that the connection can be used again. */
const drainBytes = 64 * 1024;
const drainMs = 1_000;

const abandoned = new Error('The exchange was abandoned.');

/** Both sides in one object, as it is made for each message. */
export class HttpExchange implements Passenger, HttpResponse {
  status = 0;
  readonly options: Dispatcher.DispatchOptions;
  readonly #signal: AbortSignal;
  readonly #settle: Settle;
  readonly #lane: Lane;
  readonly #whenSuperseded: (() => void) | undefined;
  readonly #whenReached: HttpRequest['onReached'];
  #seat: Seat | undefined;
  #phase: 'waiting' | 'sent' | 'answered' | 'over' = 'waiting';
  #headers: Headers = {};
  #body: BodyStream | undefined;
  #drain: { left: number; readonly timer: NodeJS.Timeout } | undefined;

  /** @param request its signal is not aborted yet */
  constructor(request: HttpRequest, lane: Lane, settle: Settle) {
    const { method, url, headers, body, signal, onSuperseded, onReached } = request;
    this.options = {
      method,
      path: url.pathname + url.search,
      headers: headers as Record<string, string>,
      body: body ?? null,
    };
    this.#signal = signal;
    this.#settle = settle;
    this.#lane = lane;
    this.#whenSuperseded = onSuperseded;
    this.#whenReached = onReached;
    // One signal may rightly end thousands of exchanges; Node would warn of a leak from the eleventh on.
    setMaxListeners(0, signal);
    signal.addEventListener('abort', this);
  }

  take(seat: Seat): void {
    this.#seat = seat;
    this.#whenReached?.('connecting');
  }

  onSuperseded(): void {
    this.#whenSuperseded?.();
  }

  header(name: string): string | undefined {
    const value = this.#headers[name];
    return Array.isArray(value) ? value.join(', ') : value;
  }

  read(sink: BodySink): void {
    this.#body?.read(sink);
  }

  pause(): void {
    this.#body?.pause();
  }

  resume(): void {
    this.#body?.resume();
  }

  /** After this the sink, if there is one, hears nothing more, not even an end. */
  discard(): void {
    this.#body?.drop();
  }

  /** Of the signal. */
  handleEvent(): void {
    const { reason } = this.#signal as { reason: unknown };
    const phase = this.#phase;
    // Before the head is written the connection is kept for others: `onRequestStart` and `onResponseError` see to it.
    if (phase === 'waiting') this.#lane.withdraw(this);
    else this.#drop();
    this.#end();
    this.#unlisten();
    if (this.#body === undefined) this.#settle.reject(reason);
    else this.#body.fail(reason);
  }

  /** From here on bytes may have left. */
  onRequestStart(): void {
    // Not sent then, and the connection stays open.
    if (this.#phase !== 'waiting') throw abandoned;
    this.#phase = 'sent';
    this.#whenReached?.('connected');
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    if (status < 200 || this.#phase !== 'sent') return;
    this.status = status;
    this.#headers = headers;
    const coding = this.header('content-encoding');
    if (status < 300 && coding !== undefined && coding.toLowerCase() !== 'identity') {
      this.#abandon();
      this.#unlisten();
      this.#settle.reject(compressedUnasked());
      return;
    }
    this.#phase = 'answered';
    this.#whenReached?.('first_byte');
    this.#body = new BodyStream(controller, () => this.#onBodySettled());
    this.#settle.resolve(this);
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Uint8Array): void {
    if (this.#drain === undefined) {
      this.#body?.push(chunk);
      return;
    }
    this.#drain.left -= chunk.byteLength;
    if (this.#drain.left < 0) this.#abandon();
  }

  onResponseEnd(): void {
    if (this.#phase === 'over') return;
    this.#end();
    this.#release();
    this.#body?.finish({ kind: 'ended' });
  }

  onResponseError(_: Dispatcher.DispatchController, thrown: unknown): void {
    if (thrown === abandoned) this.#release();
    else this.#drop();
    const phase = this.#phase;
    if (phase === 'over') return;
    this.#end();
    if (this.#body !== undefined) {
      this.#body.finish({ kind: 'failed', error: exchangeError(thrown) });
      return;
    }
    this.#unlisten();
    this.#settle.reject(phase === 'sent' ? exchangeError(thrown) : unsentError(thrown));
  }

  /** The reader is done: with all of the body, or before its end. */
  #onBodySettled(): void {
    this.#unlisten();
    if (this.#phase !== 'answered') return;
    const length = this.header('content-length');
    const endless = this.header('content-type')?.startsWith('text/event-stream') === true;
    if (length === undefined ? endless : Number(length) > drainBytes) this.#abandon();
    else this.#drain = { left: drainBytes, timer: setTimeout(() => this.#abandon(), drainMs).unref() };
  }

  /** Closes the connection, as the rest of the response is of no use. */
  #abandon(): void {
    this.#end();
    this.#drop();
  }

  #end(): void {
    this.#phase = 'over';
    clearTimeout(this.#drain?.timer);
  }

  #unlisten(): void {
    this.#signal.removeEventListener('abort', this);
  }

  #release(): void {
    this.#seat?.release();
    this.#seat = undefined;
  }

  #drop(): void {
    this.#seat?.drop();
    this.#seat = undefined;
  }
}

/** RFC 9110 §12.5.3 would allow it, but a server that does it to a JSON client is broken, and none is known. */
function compressedUnasked(): FairleadError {
  return new FairleadError(
    'protocol_violation',
    'The container compresses its answers although it was not asked to.',
    {
      help: 'Switch compression off for it, in the server or in the proxy before it.',
    },
  );
}
