/** One HTTP exchange as stops 4 and 5 both see it: `upstream/` sends it, `credentials/` attaches what it needs. */
import type { FairleadError } from '../../shared/errors.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly url: URL;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly signal: AbortSignal;
  /**
   * Which connections it may use. `call` shares a bounded pool; `signal` (notifications, answers, the end of a
   * session) and `stream` (long-lived reading) are never queued behind calls, or calls that wait for an answer of
   * the client would wait for themselves.
   */
  readonly lane: 'call' | 'signal' | 'stream';
  /**
   * Called while its answer is still coming, when its connection shows a client certificate that has been replaced:
   * whoever can ask for the rest on another connection does so.
   */
  readonly onSuperseded?: () => void;
  /** Called when its bytes leave on a connection, and when the head of its answer comes. */
  readonly onReached?: (stage: 'connecting' | 'connected' | 'first_byte') => void;
}

/** Takes a response's body as it comes. Exactly one of `end` and `fail` is called, last. */
export interface BodySink {
  data(chunk: Uint8Array): void;
  end(): void;
  fail(error: unknown): void;
}

export interface HttpResponse {
  readonly status: number;
  /** The header's value; repeated ones joined by ", ". Undefined when absent. @param name lower-case */
  header(name: string): string | undefined;
  /** Starts reading. To be called exactly once, or else `discard`. */
  read(sink: BodySink): void;
  /** Stops and restarts the reading of the body from the network (back-pressure). */
  pause(): void;
  resume(): void;
  /** Drops the rest. Idempotent. */
  discard(): void;
}

/**
 * Sends a request and resolves with the response's head.
 * Rejects with a FairleadError; follows no redirect.
 */
export type Send = (request: HttpRequest) => Promise<HttpResponse>;

/**
 * Reads a body that is wanted whole.
 * @param tooLarge made when there are more than `maxBytes`; the rest is dropped then
 * @returns rejects with that, or with what the connection failed with
 */
export function readBody(
  response: HttpResponse,
  maxBytes: number,
  tooLarge: () => FairleadError,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    response.read({
      data(chunk) {
        bytes += chunk.byteLength;
        if (bytes <= maxBytes) {
          chunks.push(chunk);
          return;
        }
        chunks.length = 0;
        response.discard();
        reject(tooLarge());
      },
      end() {
        const [only] = chunks;
        // Most answers come in one piece, which need not be copied.
        resolve(
          chunks.length === 1 && only !== undefined
            ? Buffer.from(only.buffer, only.byteOffset, only.byteLength)
            : Buffer.concat(chunks, bytes),
        );
      },
      fail: reject,
    });
  });
}
