/** A client of HTTP+SSE: the SDK's own is deprecated, and hides the wire. */
import { Client, parseJSONRPCMessage, type Transport } from '@modelcontextprotocol/client';
import { onTestFinished } from 'vitest';

export interface EventStream {
  readonly status: number;
  readonly headers: Headers;
  /** Where messages go, once the server has said so. */
  readonly endpoint: Promise<string>;
  /** Reads on until `pattern` has come. Rejects where the stream ends before. */
  until(pattern: RegExp): Promise<RegExpExecArray>;
  /** The data of the next event. */
  next(): Promise<string>;
  end(): void;
}

/** @param url of `/sse` */
export async function openEventStream(
  url: string,
  headers: Record<string, string> = {},
): Promise<EventStream> {
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const response = await fetch(url, { headers, signal: ending.signal });
  const body: ReadableStream<Uint8Array> | null = response.body;
  const reader = body?.getReader();
  reader?.closed.catch(() => undefined);
  const decoder = new TextDecoder();
  let seen = '';
  const more = async () => {
    const read = await reader?.read();
    if (read?.value === undefined) throw new Error('The stream has ended.');
    return decoder.decode(read.value, { stream: true });
  };
  const until = async (pattern: RegExp) => {
    for (;;) {
      const match = pattern.exec(seen);
      if (match !== null) return match;
      seen += await more();
    }
  };
  const next = async () => {
    const parts = [seen];
    // With the one before, as an event's end may come in two pieces.
    while (!parts.slice(-2).join('').includes('\n\n')) parts.push(await more());
    const [event = '', ...rest] = parts.join('').split('\n\n');
    seen = rest.join('\n\n');
    return event.replace(/^(event: \w+\n)?data: /, '');
  };
  const endpoint = next().then((path) => new URL(path, url).href);
  endpoint.catch(() => undefined);
  return {
    status: response.status,
    headers: response.headers,
    endpoint,
    until,
    next,
    end: () => ending.abort(),
  };
}

/** @param url of `/sse` */
export async function openSseClient(url: string, secret?: string): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  onTestFinished(() => client.close());
  await client.connect(
    createTransport(url, secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
  );
  return client;
}

function createTransport(url: string, headers: Record<string, string>): Transport {
  let stream: EventStream | undefined;
  let endpoint = '';
  const listen = async (from: EventStream) => {
    try {
      for (;;) transport.onmessage?.(parseJSONRPCMessage(JSON.parse(await from.next())));
    } catch {
      transport.onclose?.();
    }
  };
  const transport: Transport = {
    async start() {
      stream = await openEventStream(url, headers);
      endpoint = await stream.endpoint;
      void listen(stream);
    },
    async send(message) {
      const response = await fetch(endpoint, {
        method: 'POST',
        body: JSON.stringify(message),
        headers: { 'content-type': 'application/json', ...headers },
      });
      await response.body?.cancel();
      if (response.status !== 202) throw new Error(`The message was answered with ${response.status}.`);
    },
    close() {
      stream?.end();
      return Promise.resolve();
    },
  };
  return transport;
}
