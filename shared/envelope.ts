/**
 * Reads a JSON-RPC message's envelope out of its bytes, without building values and without ever re-writing them.
 * Everything takes valid UTF-8; who reads from a stranger checks that first.
 */
import { scanJson, scanMembers, skipSpace, type Span } from './json-scan.ts';

export type MessageKind = 'request' | 'notification' | 'response';

/** One message and what the forwarding rules need to know of it. */
export interface Message {
  /** As it came, without the white space around it. */
  readonly bytes: Uint8Array;
  readonly kind: MessageKind;
  /** Requests and notifications; empty for a response. */
  readonly method: string;
  /**
   * The id's own bytes as text, to be echoed exactly; `null` only in a response. Undefined: a notification, or an
   * error that names none (MCP 2025-11-25, JSONRPCErrorResponse).
   */
  readonly id: string | undefined;
  /** Equal for ids that JSON holds equal: 1 and 1.0, "a" and "\u0061"; never for 1 and "1". */
  readonly idKey: string | undefined;
  /** A response that is an error. */
  readonly failed: boolean;
  /** `params` of a request or notification, `result` or `error` of a response. */
  readonly body: Span | undefined;
}

export type Reading =
  | { readonly status: 'message'; readonly message: Message }
  /** A JSON array. Whether it is allowed depends on the protocol version (only 2025-03-26 has batches). */
  | { readonly status: 'batch'; readonly elements: readonly Uint8Array[] }
  | { readonly status: 'not_json' }
  /** JSON, but no message. `id` is its id's text where it has a usable one. */
  | { readonly status: 'not_a_message'; readonly id: string | undefined };

export function readEnvelope(bytes: Uint8Array): Reading {
  const start = skipSpace(bytes, 0, bytes.length);
  let end = bytes.length;
  while (end > start && skipSpace(bytes, end - 1, end) === end) end -= 1;
  const trimmed = start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
  return trimmed[0] === 0x5b ? readBatch(trimmed) : readObject(trimmed);
}

function readBatch(bytes: Uint8Array): Reading {
  const elements: Uint8Array[] = [];
  const valid = scanMembers(bytes, whole(bytes), (_key, value) => {
    elements.push(bytes.subarray(value.start, value.end));
  });
  return valid ? { status: 'batch', elements } : { status: 'not_json' };
}

function readObject(bytes: Uint8Array): Reading {
  let methodSpan: Span | undefined;
  let idSpan: Span | undefined;
  let params: Span | undefined;
  let result: Span | undefined;
  let error: Span | undefined;
  const valid = scanMembers(bytes, whole(bytes), (key, value) => {
    switch (textOf(bytes, key)) {
      case 'method':
        methodSpan = value;
        break;
      case 'id':
        idSpan = value;
        break;
      case 'params':
        params = value;
        break;
      case 'result':
        result = value;
        break;
      case 'error':
        error = value;
        break;
      default:
        break;
    }
  });
  if (!valid) {
    const json = bytes[0] !== 0x7b && scanJson(bytes, 0, bytes.length) !== undefined;
    return json ? { status: 'not_a_message', id: undefined } : { status: 'not_json' };
  }

  const id = idSpan === undefined ? undefined : sourceOf(bytes, idSpan);
  const idKey = idSpan === undefined ? undefined : idKeyOf(bytes, idSpan);
  const method = methodSpan === undefined ? undefined : textOf(bytes, methodSpan);
  if (method !== undefined) {
    if (id !== undefined && idKey === undefined) return { status: 'not_a_message', id: undefined };
    const kind = id === undefined ? 'notification' : 'request';
    return { status: 'message', message: { bytes, kind, method, id, idKey, failed: false, body: params } };
  }
  const body = result ?? error;
  const failed = result === undefined;
  const isNamed = idKey !== undefined || id === 'null' || (failed && id === undefined);
  if (methodSpan !== undefined || body === undefined || !isNamed) {
    return { status: 'not_a_message', id: idKey === undefined ? undefined : id };
  }
  return { status: 'message', message: { bytes, kind: 'response', method: '', id, idKey, failed, body } };
}

/** A member of an object inside a message; the last one where the name is repeated, as with `JSON.parse`. */
export function memberOf(bytes: Uint8Array, object: Span | undefined, name: string): Span | undefined {
  let found: Span | undefined;
  if (object !== undefined && bytes[object.start] === 0x7b) {
    scanMembers(bytes, object, (key, value) => {
      if (textOf(bytes, key) === name) found = value;
    });
  }
  return found;
}

/** A span as it stands in the message. */
export function sourceOf(bytes: Uint8Array, span: Span): string {
  const ascii = asciiOf(bytes, span.start, span.end);
  if (ascii !== undefined) return ascii;
  let escaped = '';
  for (let i = span.start; i < span.end; i += 1) {
    escaped += `%${(bytes[i] as number).toString(16).padStart(2, '0')}`;
  }
  return decodeURIComponent(escaped);
}

/** Whether an object says `true` of this member. */
export function isTrue(bytes: Uint8Array, object: Span | undefined, name: string): boolean {
  const span = memberOf(bytes, object, name);
  return span !== undefined && sourceOf(bytes, span) === 'true';
}

/** An error's code as it stands in the message; undefined for any other message, or where it has none. */
export function errorCodeOf({ bytes, body, failed }: Message): string | undefined {
  const code = failed ? memberOf(bytes, body, 'code') : undefined;
  return code && sourceOf(bytes, code);
}

/** What a JSON string says, or undefined when the span is none. */
export function textOf(bytes: Uint8Array, span: Span): string | undefined {
  if (bytes[span.start] !== 0x22) return undefined;
  const plain = asciiOf(bytes, span.start + 1, span.end - 1);
  if (plain !== undefined && !plain.includes('\\')) return plain;
  return JSON.parse(sourceOf(bytes, span)) as string;
}

/** A key for an id or a progress token; undefined when the span is neither a string nor a number. */
export function idKeyOf(bytes: Uint8Array, span: Span): string | undefined {
  const text = textOf(bytes, span);
  if (text !== undefined) return `"${text}`;
  const source = sourceOf(bytes, span);
  if (/^[1-9]\d{0,14}$/.test(source)) return source;
  if (!/^-?\d/.test(source)) return undefined;
  const value = Number(source);
  // Beyond 2^53 a double would make two different ids one: such an integer is only equal to its own spelling.
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? `=${source}` : String(value);
}

function asciiOf(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = '';
  for (let i = start; i < end; i += 1) {
    const byte = bytes[i] as number;
    if (byte >= 0x80) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
}

const whole = (bytes: Uint8Array): Span => ({ start: 0, end: bytes.length });
