/** What the front answers with: a refusal, a stream of events, one answer. */
import type { Endpoint, Rpc } from './endpoint.ts';

export interface EventStream {
  readonly response: Response;
  send(message: Rpc): void;
  close(): void;
}

export function openEventStream(
  headers: Record<string, string>,
  left: () => void = () => undefined,
): EventStream {
  const encoder = new TextEncoder();
  let open = true;
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(begun) {
      controller = begun;
    },
    cancel() {
      open = false;
      left();
    },
  });
  return {
    response: new Response(body, { headers: { ...headers, 'content-type': 'text/event-stream' } }),
    send(message) {
      if (open) controller?.enqueue(encoder.encode(`event: message\ndata: ${JSON.stringify(message)}\n\n`));
    },
    close() {
      if (open) controller?.close();
      open = false;
    },
  };
}

export function refusal(
  status: number,
  { code, message, data }: { code: number; message: string; data?: unknown },
  id: string | number | null = null,
): Response {
  return Response.json({ jsonrpc: '2.0', id, error: { code, message, data } }, { status });
}

/** MCP 2026-07-28, Streamable HTTP: errors that are about the request as such. */
const statusOf = new Map([
  [-32601, 404],
  [-32020, 400],
  [-32021, 400],
  [-32022, 400],
]);

/** One request of the newer era, and all that is said about it; the answer alone where nothing is said before it. */
export function streamOf(
  endpoint: Endpoint,
  message: object & { id?: string | number },
  signal: AbortSignal,
): Promise<Response> {
  const { id } = message;
  signal.addEventListener('abort', () => endpoint.end());
  return new Promise((resolve) => {
    let stream: EventStream | undefined;
    endpoint.hear((heard) => {
      const answers = heard.method === undefined && heard.id === id;
      if (stream === undefined && answers) {
        resolve(Response.json(heard, { status: statusOf.get(heard.error?.code ?? 0) ?? 200 }));
      } else if (stream === undefined) {
        stream = openEventStream({}, () => endpoint.end());
        resolve(stream.response);
      }
      stream?.send(heard);
      if (!answers) return;
      stream?.close();
      endpoint.end();
    });
    endpoint.say(message);
    if (id !== undefined) return;
    resolve(new Response(null, { status: 202 }));
    endpoint.end();
  });
}
