/** Beside the path: one stream of the platform's events, read until it ends, is cut off, or has been silent for too long. */
import { FairleadError } from '../../shared/errors.ts';
import { containerEvent, containerRow } from '../../shared/platform-api.ts';
import type { HttpResponse } from '../credentials/exchange.ts';
import { createSseReader, type ServerSentEvent } from '../runtime/sse-reader.ts';
import type { PlatformClient } from './client.ts';
import { refusalOf } from './refusals.ts';
import type { RowChange } from './row-book.ts';

/**
 * `ended`: by the platform, as it does when the token it was opened with runs out. `gone`: the list has to be read anew.
 * `unavailable`: there are no events to be had here.
 */
export type StreamEnd = 'ended' | 'gone' | 'unavailable';

export interface EventStream {
  readonly issuer: string;
  /** The last event that is known. */
  readonly after: string;
  readonly signal: AbortSignal;
  /** The platform says each 15 s that it is there; a stream that says nothing for this long is given up. */
  readonly silentMs: number;
  /** The first bytes are here. */
  heard(): void;
  /** An event's id, also where the event is none that Fairlead knows; told before it. */
  passed(id: string): void;
  change(change: RowChange): void;
}

/** Of one event; a row is some hundred bytes. */
const mostEventBytes = 256 * 1024;
/** What a server or a proxy answers that knows no such thing. */
const knowsNone = new Set([404, 405, 406, 501]);

/**
 * Each event is taken before the next bytes are read, so that no more than a piece of the stream is ever held.
 * @throws FairleadError what it was refused with or cut off by, or the signal's reason
 */
export async function readEvents(
  client: Pick<PlatformClient, 'events'>,
  stream: EventStream,
): Promise<StreamEnd> {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(silent()), stream.silentMs);
  const signal = AbortSignal.any([stream.signal, silence.signal]);
  try {
    const response = await client.events(stream.issuer, stream.after, signal);
    const { status } = response;
    if (status === 410) return dropped(response, 'gone');
    if (knowsNone.has(status)) return dropped(response, 'unavailable');
    if (status !== 200) throw await refusalOf(response, 'account');
    if (!isStream(response)) return dropped(response, 'unavailable');
    await read(response, stream, () => void timer.refresh());
    return 'ended';
  } finally {
    clearTimeout(timer);
  }
}

function read(response: HttpResponse, stream: EventStream, alive: () => void): Promise<void> {
  const reader = createSseReader(mostEventBytes, {
    id: (id) => stream.passed(id),
    event: (event) => take(event, stream),
    retry: () => undefined,
  });
  return new Promise((resolve, reject) => {
    response.read({
      data(chunk) {
        if (stream.signal.aborted) return;
        alive();
        stream.heard();
        if (reader.push(chunk)) return;
        response.discard();
        reject(tooLarge());
      },
      end: resolve,
      fail: reject,
    });
  });
}

/** Events of a later version, and rows that this one cannot read, are passed over. */
function take({ type, data }: ServerSentEvent, stream: EventStream): void {
  const event = containerEvent.safeParse(type).data;
  const row = containerRow.safeParse(jsonOf(data)).data;
  if (event !== undefined && row !== undefined) stream.change({ event, row });
}

function jsonOf(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch {
    return undefined;
  }
}

function isStream(response: HttpResponse): boolean {
  return /^text\/event-stream\s*(;|$)/i.test(response.header('content-type') ?? '');
}

function dropped<T extends StreamEnd>(response: HttpResponse, end: T): T {
  response.discard();
  return end;
}

function silent(): FairleadError {
  return new FairleadError('timed_out', "The platform's events have stopped coming.", {
    help: 'A proxy in between may hold them back.',
  });
}

function tooLarge(): FairleadError {
  return new FairleadError('answer_too_large', 'An event of the platform is larger than 256 KiB.');
}
