/** Reads a response's body: whole when it is one message, event by event when it is a stream. */
import { FairleadError } from '../../../shared/errors.ts';
import type { Message } from '../../../shared/envelope.ts';
import { readBody, type HttpResponse } from '../../credentials/exchange.ts';
import type { Flow } from './flow.ts';
import { incomingMessages } from './incoming.ts';
import { createSseReader, type ServerSentEvent } from '../../runtime/sse-reader.ts';

export const maxMessageBytes = 64 * 1024 * 1024;

/** The media type alone, lower-case (RFC 9110 §8.3.1). */
export function mediaType(response: HttpResponse): string {
  return (response.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

export function tooLarge(): FairleadError {
  return new FairleadError(
    'answer_too_large',
    `The container sent a message of more than ${maxMessageBytes >> 20} MiB; it was dropped.`,
  );
}

/** @throws FairleadError answer_too_large beyond `maxBytes`, and what the connection failed with */
export function readWhole(response: HttpResponse, flow: Flow, maxBytes = maxMessageBytes): Promise<Buffer> {
  const remove = flow.add(response);
  return readBody(response, maxBytes, tooLarge).finally(remove);
}

/** Where a stream can be taken up again (MCP: resumability and redelivery). */
export interface Cursor {
  lastEventId: string | undefined;
  /** What the container asked to wait before connecting again. */
  retryMs: number | undefined;
  /** Events read since the cursor was made, empty ones included. */
  events: number;
}

export const newCursor = (): Cursor => ({ lastEventId: undefined, retryMs: undefined, events: 0 });

/**
 * Reads a `text/event-stream` to its end.
 * @param sink.cursor kept up to date
 * @param sink.receive each message in order
 * @param sink.other each event whose type is not `message`
 * @param sink.enough ends the reading before the stream's end, without an error
 * @throws FairleadError answer_too_large, and what the connection failed with
 */
export function readEvents(
  response: HttpResponse,
  flow: Flow,
  sink: {
    cursor: Cursor;
    receive: (message: Message) => void;
    other?: (event: ServerSentEvent) => void;
    enough?: AbortSignal;
  },
): Promise<void> {
  const { cursor, receive, other, enough } = sink;
  const remove = flow.add(response);
  return new Promise<void>((resolve, reject) => {
    const reader = createSseReader(maxMessageBytes, {
      event(event) {
        cursor.events += 1;
        if (event.type !== 'message') other?.(event);
        // What is no JSON-RPC is skipped: an answer that never comes ends in an error of its own.
        else incomingMessages(event.data)?.forEach(receive);
      },
      id(id) {
        cursor.lastEventId = id === '' ? undefined : id;
        cursor.events += 1;
      },
      retry(ms) {
        cursor.retryMs = ms;
      },
    });
    enough?.addEventListener('abort', () => {
      response.discard();
      resolve();
    });
    response.read({
      data(chunk) {
        if (reader.push(chunk)) return;
        response.discard();
        reject(tooLarge());
      },
      end: resolve,
      fail: reject,
    });
  }).finally(remove);
}
