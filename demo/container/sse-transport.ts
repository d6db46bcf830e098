/** HTTP+SSE (protocol 2024-11-05), one client's: a stream of events to it, and its messages by POST. */
import {
  parseJSONRPCMessage,
  type JSONRPCMessage,
  type MessageExtraInfo,
  type Transport,
} from '@modelcontextprotocol/server';

/** What waits for a client that does not read; more, and it is taken for gone. */
const mostWaitingBytes = 64 * 1_024 * 1_024;
const keepAliveMs = 25_000;

export interface SseTransport extends Transport {
  /** The answer to the GET that began it. */
  readonly response: Response;
  /** @returns whether `body` was a message */
  receive(body: string, extra: MessageExtraInfo): boolean;
}

/** @param endpoint where the client is to POST its messages, relative to the stream's own URL */
export function createSseTransport(sessionId: string, endpoint: string): SseTransport {
  const encoder = new TextEncoder();
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  let isClosed = false;
  const stream = new ReadableStream<Uint8Array>(
    {
      start: (started) => void (controller = started),
      cancel: () => close(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: mostWaitingBytes }),
  );
  const write = (text: string) => {
    if (isClosed || controller === undefined) return;
    controller.enqueue(encoder.encode(text));
    if ((controller.desiredSize ?? 0) <= 0) close();
  };
  const keepAlive = setInterval(() => write(': still here\n\n'), keepAliveMs).unref();
  const close = () => {
    if (isClosed) return;
    isClosed = true;
    clearInterval(keepAlive);
    try {
      controller?.close();
    } catch {
      // The client has closed it already.
    }
    transport.onclose?.();
  };

  const transport: SseTransport = {
    sessionId,
    response: new Response(stream, { headers: { 'content-type': 'text/event-stream' } }),
    start() {
      write(`event: endpoint\ndata: ${endpoint}\n\n`);
      return Promise.resolve();
    },
    send(message: JSONRPCMessage) {
      write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
      return Promise.resolve();
    },
    close() {
      close();
      return Promise.resolve();
    },
    receive(body, extra) {
      const message = messageOf(body);
      if (message === undefined) return false;
      transport.onmessage?.(message, extra);
      return true;
    },
  };
  return transport;
}

function messageOf(body: string): JSONRPCMessage | undefined {
  try {
    return parseJSONRPCMessage(JSON.parse(body));
  } catch {
    return undefined;
  }
}
