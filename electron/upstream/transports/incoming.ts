/** Turns bytes of a container into messages for a client: checked to be JSON on one line, otherwise as they came. */
import { isUtf8 } from 'node:buffer';
import { readEnvelope, type Message } from '../../../shared/envelope.ts';

/**
 * @returns the messages in `bytes`, a batch's one by one (protocol 2025-03-26); undefined when it is no JSON-RPC
 */
export function incomingMessages(bytes: Buffer): readonly Message[] | undefined {
  if (!isUtf8(bytes)) return undefined;
  const reading = readEnvelope(bytes);
  // Not before it was read: a line break inside a string is no JSON, and must not be made so.
  onOneLine(bytes);
  if (reading.status === 'message') return [reading.message];
  if (reading.status !== 'batch') return undefined;
  const messages: Message[] = [];
  for (const element of reading.elements) {
    const inner = readEnvelope(element);
    if (inner.status !== 'message') return undefined;
    messages.push(inner.message);
  }
  return messages;
}

/** In JSON a line break can only be white space between tokens, so a space may stand for it. Changes `bytes`. */
function onOneLine(bytes: Buffer): void {
  for (const lineBreak of [0x0a, 0x0d]) {
    for (let at = bytes.indexOf(lineBreak); at >= 0; at = bytes.indexOf(lineBreak, at + 1)) bytes[at] = 0x20;
  }
}
