/** What goes back to the client: messages of the container as they came, and errors of ours. */
import { jsonRpcError } from '../../shared/errors.ts';
import type { ClientChannel } from './client-channel.ts';

export interface Replies {
  /** @param settles the line that this answers, 0 when none */
  message(bytes: Uint8Array, settles: number): void;
  /** @param id the id's text as the client wrote it */
  error(id: string | undefined, error: unknown, settles: number): void;
}

/** @param onFull the client reads too slowly: the container must be read no further */
export function createReplies(channel: ClientChannel, onFull: () => void): Replies {
  const write = (bytes: Uint8Array, settles: number, own: boolean) => {
    if (!channel.write(bytes, settles, own)) onFull();
  };
  return {
    message: (bytes, settles) => write(bytes, settles, false),
    error(id, error, settles) {
      const body = JSON.stringify(jsonRpcError(error));
      write(Buffer.from(`{"jsonrpc":"2.0","id":${id ?? 'null'},"error":${body}}`), settles, true);
    },
  };
}
