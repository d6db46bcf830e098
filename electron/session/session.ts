/** Stop 3: one client's conversation. Each request gets one answer; nothing is answered twice, lost or crossed. */
import { FairleadError } from '../../shared/errors.ts';
import type { Message } from '../../shared/envelope.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Conversation, Upstream } from '../upstream/conversation.ts';
import type { ClientChannel, ClientEvents } from './client-channel.ts';
import { readLine, receiveFromClient } from './from-client.ts';
import { receiveFromContainer } from './from-container.ts';
import type { SessionObserver } from './observer.ts';
import { createRecentKeys } from './recent-keys.ts';
import { createReplies } from './replies.ts';
import { createRequests } from './requests.ts';
import { createStandingMessages } from './standing-messages.ts';
import { createTurns } from './turns.ts';

/** After the client's input has ended its last answers may take this long; the endpoint is gone within 2 s. */
const lastAnswersMs = 1_200;
/** More questions than a container has a use for while its client answers none. */
const maxAsked = 10_000;

export interface SessionDeps {
  readonly channel: ClientChannel;
  readonly upstream: Upstream;
  /** How long a request that begins now may take without a sign of progress. */
  readonly timeLimitMs: () => number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer: SessionObserver;
}

export interface Session extends ClientEvents {
  /** Ends the conversation: the client's open requests are answered with `error`. Idempotent. */
  close(error?: FairleadError): Promise<void>;
  /** Ends what the client waits for, with `error`; it may go on. */
  interrupt(error: FairleadError): void;
}

export function openSession(deps: SessionDeps): Session {
  const { channel, clock, logger, observer, timeLimitMs } = deps;
  const lifetime = new AbortController();
  const { signal } = lifetime;
  const standing = createStandingMessages();
  const turns = createTurns();
  const asked = createRecentKeys(maxAsked);
  const replies = createReplies(channel, () => conversation.pause());
  /** The version that the observer was told of. */
  let connected: string | undefined;

  /** Remembers what the container has accepted, here and at the endpoint. */
  const keep = ({ message, seq }: { message: Message; seq: number }) => {
    const { stands, replaced } = standing.note(message, seq);
    if (stands) channel.retain(seq);
    for (const old of replaced) channel.release(old);
    // While nobody is signed in, the answer may not be the container's own.
    const { protocolVersion } = conversation;
    const told = message.method !== 'initialize' && protocolVersion === connected;
    connected = protocolVersion;
    if (protocolVersion !== undefined && !told) observer.connected(protocolVersion);
  };

  const requests = createRequests({
    send: (message, until) => conversation.send(message, until),
    replies,
    turns,
    timeLimitMs,
    signal,
    keep,
    clock,
    logger,
    observer,
  });
  const conversation: Conversation = deps.upstream.converse(
    {
      receive: receiveFromContainer({ requests, asked, replies }),
      renewed() {
        asked.clear();
        observer.connected(conversation.protocolVersion);
      },
      reached: (request, stage) => requests.reached(request, stage),
    },
    () => standing.current,
  );
  const takeLine = receiveFromClient({
    channel,
    conversation,
    requests,
    asked,
    replies,
    turns,
    keep,
    signal,
    logger,
  });

  let closing: Promise<void> | undefined;
  const close = (error = new FairleadError('cancelled', 'The connection was closed.')): Promise<void> => {
    closing ??= (async () => {
      requests.failAll(error);
      lifetime.abort(error);
      channel.close();
      await conversation.close();
      observer.closed();
    })();
    return closing;
  };

  let ending = false;
  return {
    line(seq, bytes, replayed) {
      if (!replayed) {
        takeLine(bytes, seq);
        return;
      }
      const reading = readLine(bytes);
      if (reading.status !== 'message') return;
      standing.note(reading.message, seq);
      if (reading.message.method === 'notifications/initialized') conversation.restore();
    },
    drained: () => conversation.resume(),
    ended() {
      if (ending) return;
      ending = true;
      const timer = setTimeout(() => void close(), lastAnswersMs);
      const over = () => {
        clearTimeout(timer);
        void close();
      };
      requests.onIdle(over);
      requests.endOpenEnded((seq) => channel.settle(seq));
      // What the client said last may still wait for its turn.
      turns.ask(() => {
        if (requests.size === 0) over();
      });
    },
    closed: () => void close(),
    close,
    interrupt: (error) => requests.interrupt(error),
  };
}
