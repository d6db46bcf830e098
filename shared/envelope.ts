/**
 * Reads a JSON-RPC message's envelope out of its bytes, without building values and without ever re-writing them.
 * It accepts exactly what `JSON.parse` accepts (RFC 8259), so that what passes here can be parsed by the receiver.
 */
import { scanJson, type Span } from './json-scan.ts';

export type MessageKind = 'request' | 'notification' | 'response';

/** One message and what the forwarding rules need to know of it. */
export interface Message {
  /** As it came, but on one line and without white space around it. */
  readonly bytes: Uint8Array;
  readonly kind: MessageKind;
  /** Requests and notifications. */
  readonly method: string | undefined;
  /** The id's own bytes as text, to be echoed exactly. `null` only in an error response to an unreadable request. */
  readonly id: string | undefined;
  /** Equal for ids that JSON-RPC holds equal: 1 and 1.0, "a" and "\u0061"; never for 1 and "1". */
  readonly idKey: string | undefined;
  /** Responses: whether it is an error. */
  readonly failed: boolean;
  /** `params` of a request or notification; `result` or `error` of a response. */
  readonly body: Span | undefined;
}
