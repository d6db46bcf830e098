/** The official SDK's client on one session, without a process between them. */
import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client';
import { openSessionClient, type SessionClientOptions } from './session-client.ts';

export function sessionTransport(url: URL, options: SessionClientOptions = {}): Transport {
  const transport: Transport = {
    start: () => Promise.resolve(),
    send(message) {
      client.say(message);
      return Promise.resolve();
    },
    async close() {
      await client[Symbol.asyncDispose]();
      transport.onclose?.();
    },
  };
  const client = openSessionClient(url, {
    transport: 'auto',
    ...options,
    // One by one: the SDK forgets who waits for progress as soon as it sees the answer behind it.
    onLine: (line) => void setImmediate(() => transport.onmessage?.(JSON.parse(line) as JSONRPCMessage)),
  });
  return transport;
}
