/** The client's stdout: MCP and nothing else, one message a line. */
import type { Writable } from 'node:stream';
import { jsonRpcError } from '../../shared/errors.ts';
import { batchedWrites } from '../socket/batched-writes.ts';

const newline = Buffer.from('\n');

export interface Output {
  /** @returns false when the client reads too slowly: wait for the stream's `drain` */
  message(bytes: Uint8Array): boolean;
  /** Answers a request with an error of ours. @param id the id's text as the client wrote it */
  error(id: string, error: unknown): void;
}

export function createOutput(stdout: Writable): Output {
  const gather = batchedWrites(stdout);
  const message = (bytes: Uint8Array): boolean => {
    gather();
    stdout.write(bytes);
    return stdout.write(newline);
  };
  return {
    message,
    error(id, error) {
      message(Buffer.from(`{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify(jsonRpcError(error))}}`));
    },
  };
}
