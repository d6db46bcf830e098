/** The client's side of a session: what each of its lines is, and which way that goes. */
import { isUtf8 } from 'node:buffer';
import { asFairleadError, FairleadError, type ErrorCode } from '../../shared/errors.ts';
import { readEnvelope, type Message, type Reading } from '../../shared/envelope.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Conversation } from '../upstream/conversation.ts';
import type { ClientChannel } from './client-channel.ts';
import { keyMember } from './in-flight.ts';
import type { RecentKeys } from './recent-keys.ts';
import type { Replies } from './replies.ts';
import type { Requests } from './requests.ts';
import type { Turns } from './turns.ts';

export interface FromClientDeps {
  readonly channel: ClientChannel;
  readonly conversation: Conversation;
  readonly requests: Requests;
  readonly asked: RecentKeys;
  readonly replies: Replies;
  readonly turns: Turns;
  readonly keep: (notification: { message: Message; seq: number }) => void;
  /** Of the session. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/** What a line is; bytes that are no UTF-8 are no JSON (RFC 8259 §8.1). */
export const readLine = (bytes: Uint8Array): Reading =>
  isUtf8(bytes) ? readEnvelope(bytes) : { status: 'not_json' };

/** @returns takes one line of the client */
export function receiveFromClient(deps: FromClientDeps): (bytes: Uint8Array, seq: number) => void {
  const { channel, conversation, requests, asked, replies, turns, keep, signal, logger } = deps;

  const takeNotification = (message: Message, seq: number) => {
    const cancelled =
      message.method === 'notifications/cancelled'
        ? requests.cancel(keyMember(message, 'requestId'), message)
        : undefined;
    if (cancelled !== undefined) {
      channel.settle(cancelled);
      channel.settle(seq);
      return;
    }
    turns.tell(async () => {
      await conversation.send(message, signal).then(
        () => keep({ message, seq }),
        (thrown: unknown) => {
          const { code } = asFairleadError(thrown);
          logger.warn('notification.refused', { method: message.method, code });
        },
      );
      channel.settle(seq);
    });
  };

  const takeAnswer = (message: Message, seq: number) => {
    channel.settle(seq);
    // To a question of a session that is no more, or to one never asked.
    if (!asked.delete(message.idKey ?? '')) return;
    turns.tell(() => conversation.send(message, signal));
  };

  const refuse = (id: string | undefined, seq: number, [code, text]: readonly [ErrorCode, string]) =>
    replies.error(id, new FairleadError(code, text), seq);

  const take = (reading: Reading, seq: number) => {
    switch (reading.status) {
      case 'message':
        if (reading.message.kind === 'request') requests.begin(reading.message, seq);
        else if (reading.message.kind === 'notification') takeNotification(reading.message, seq);
        else takeAnswer(reading.message, seq);
        break;
      case 'not_json':
        refuse(undefined, seq, ['parse_error', 'The message is not JSON in UTF-8.']);
        break;
      case 'not_a_message':
        refuse(reading.id, seq, ['invalid_request', 'The message is no JSON-RPC message.']);
        break;
      case 'batch':
        refuse(undefined, seq, ['invalid_request', 'Batches are not part of this protocol version.']);
        break;
    }
  };

  return (bytes, seq) => {
    const reading = readLine(bytes);
    const batched = reading.status === 'batch' && reading.elements.length > 0;
    if (!batched || conversation.protocolVersion !== '2025-03-26') {
      take(reading, seq);
      return;
    }
    // One inside another is refused, so that nesting costs nothing.
    for (const element of reading.elements) take(readEnvelope(element), 0);
    channel.settle(seq);
  };
}
