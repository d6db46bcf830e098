/** Stop 3: one client's conversation. Each request gets one answer; nothing is answered twice, lost or crossed. */
import { isUtf8 } from 'node:buffer';
import {
  asFairleadError,
  errorReport,
  FairleadError,
  jsonRpcError,
  type ErrorReport,
} from '../../shared/errors.ts';
import { memberOf, readEnvelope, sourceOf, textOf, type Message } from '../../shared/envelope.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Conversation, Upstream } from '../upstream/conversation.ts';
import type { ClientChannel, ClientEvents } from './client-channel.ts';
import { createInFlightTable, keyMember, type InFlight } from './in-flight.ts';
import type { Outcome, SessionObserver } from './observer.ts';
import { createStandingMessages } from './standing-messages.ts';
import { createTurns } from './turns.ts';

/** More requests than any client means to have under way at once. */
const maxInFlight = 10_000;
/** After the client's input has ended its last answers may take this long; the endpoint is gone within 2 s. */
const lastAnswersMs = 1_200;
/** Larger results are not looked into for `isError`: it only colours a line of the activity. */
const glanceBytes = 64 * 1024;

export interface SessionDeps {
  readonly channel: ClientChannel;
  readonly upstream: Upstream;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer: SessionObserver;
}

export interface Session extends ClientEvents {
  /** Ends the conversation: the client's open requests are answered with `error`. Idempotent. */
  close(error?: FairleadError): Promise<void>;
}

export function openSession(deps: SessionDeps): Session {
  const { channel, clock, logger, observer, timeoutMs } = deps;
  const inFlight = createInFlightTable(timeoutMs);
  const standing = createStandingMessages();
  const turns = createTurns();
  const lifetime = new AbortController();
  /** Requests of the container that the client has not answered. */
  const asked = new Set<string>();
  let ending = false;
  let onIdle: (() => void) | undefined;

  const write = (bytes: Uint8Array, settles: number) => {
    if (!channel.write(bytes, settles)) conversation.pause();
  };
  const writeError = (id: string | undefined, error: unknown, settles: number) => {
    const body = JSON.stringify(jsonRpcError(error));
    write(Buffer.from(`{"jsonrpc":"2.0","id":${id ?? 'null'},"error":${body}}`), settles);
  };

  const finish = (
    entry: InFlight,
    outcome: Outcome,
    detail: { error?: string | undefined; problem?: ErrorReport; bytesIn?: number },
  ) => {
    observer.finished({
      method: entry.message.method,
      tool: entry.tool,
      outcome,
      error: detail.error,
      problem: detail.problem,
      durationMs: clock.elapsed() - entry.startedMs,
      bytesOut: entry.message.bytes.length,
      bytesIn: detail.bytesIn ?? 0,
    });
    if (inFlight.size === 0) onIdle?.();
  };

  /** Ends a request that waits no more with an error of ours. */
  const fail = (entry: InFlight, thrown: unknown) => {
    const error = asFairleadError(thrown);
    if (error.code === 'internal')
      logger.error('request.failed', { method: entry.message.method, cause: String(error.cause) });
    writeError(entry.message.id, error, entry.seq);
    finish(entry, error.code === 'timed_out' ? 'timed_out' : 'lost', {
      error: error.code,
      problem: errorReport(error),
    });
  };

  const receiveAnswer = (message: Message) => {
    const entry = inFlight.take(message.idKey);
    if (entry === undefined) {
      logger.debug('answer.stray', { bytes: message.bytes.length });
      return;
    }
    if (!message.failed) keep(entry);
    write(message.bytes, entry.seq);
    const code = message.failed ? memberOf(message.bytes, message.body, 'code') : undefined;
    finish(entry, message.failed ? 'error' : isToolError(entry, message) ? 'tool_error' : 'ok', {
      error: code === undefined ? undefined : sourceOf(message.bytes, code).slice(0, 20),
      bytesIn: message.bytes.length,
    });
  };

  const conversation: Conversation = deps.upstream.converse(
    {
      receive(message) {
        if (message.kind === 'response') {
          receiveAnswer(message);
          return;
        }
        if (message.idKey !== undefined) asked.add(message.idKey);
        else if (message.method === 'notifications/progress')
          inFlight.renew(keyMember(message, 'progressToken'));
        else if (message.method === 'notifications/cancelled')
          asked.delete(keyMember(message, 'requestId') ?? '');
        write(message.bytes, 0);
      },
      renewed() {
        asked.clear();
        observer.connected(conversation.protocolVersion);
      },
    },
    () => standing.current,
  );

  /** Remembers what the container has accepted, here and at the endpoint. */
  const keep = ({ message, seq }: { message: Message; seq: number }) => {
    const { stands, replaced } = standing.note(message, seq);
    if (stands) channel.retain(seq);
    for (const old of replaced) channel.release(old);
    if (message.method !== 'initialize') return;
    const info = memberOf(message.bytes, message.body, 'clientInfo');
    const name = memberOf(message.bytes, info, 'name');
    observer.introduced((name === undefined ? undefined : textOf(message.bytes, name)) ?? 'unknown');
    observer.connected(conversation.protocolVersion);
  };

  const takeRequest = (message: Message, seq: number) => {
    if (message.idKey !== undefined && inFlight.has(message.idKey)) {
      writeError(
        message.id,
        new FairleadError('invalid_request', 'A request with this id is under way.'),
        seq,
      );
      return;
    }
    if (inFlight.size >= maxInFlight) {
      writeError(
        message.id,
        new FairleadError('too_many_requests', `${maxInFlight} requests are under way.`),
        seq,
      );
      return;
    }
    observer.started();
    const entry = inFlight.add(message, { seq, startedMs: clock.elapsed(), onTimeout });
    turns.ask(() => {
      if (!inFlight.holds(entry)) return;
      conversation.send(message, entry.controller.signal).then(
        () => {
          if (!inFlight.holds(entry)) return;
          inFlight.take(message.idKey);
          fail(
            entry,
            new FairleadError('protocol_violation', 'The container ended the exchange without an answer.'),
          );
        },
        (thrown: unknown) => {
          if (!inFlight.holds(entry)) return;
          inFlight.take(message.idKey);
          fail(entry, thrown);
        },
      );
    });
  };

  const onTimeout = (entry: InFlight) => {
    inFlight.take(entry.message.idKey);
    fail(
      entry,
      new FairleadError('timed_out', `The container did not answer within ${timeoutMs / 1000} s.`, {
        help: 'Give it more time with `--timeout <seconds>`.',
      }),
    );
    const notice = `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${entry.message.id ?? 'null'},"reason":"Timed out"}}`;
    const reading = readEnvelope(Buffer.from(notice));
    if (reading.status === 'message') withdraw(entry, reading.message);
  };

  /** Tells the container that nobody waits any more, and only then drops the exchange: it may end by itself. */
  const withdraw = (entry: InFlight, notice: Message) => {
    void conversation
      .send(notice, AbortSignal.any([lifetime.signal, AbortSignal.timeout(2_000)]))
      .catch(() => undefined)
      .finally(() => {
        entry.controller.abort(new FairleadError('cancelled', 'The request was cancelled.'));
      });
  };

  const takeNotification = (message: Message, seq: number) => {
    const cancelled =
      message.method === 'notifications/cancelled' ? keyMember(message, 'requestId') : undefined;
    const entry = cancelled === undefined ? undefined : inFlight.take(cancelled);
    if (entry !== undefined) {
      channel.settle(entry.seq);
      channel.settle(seq);
      finish(entry, 'cancelled', {});
      withdraw(entry, message);
      return;
    }
    turns.tell(async () => {
      await conversation.send(message, lifetime.signal).then(
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
    turns.tell(() => conversation.send(message, lifetime.signal));
  };

  const take = (message: Message, seq: number) => {
    if (message.kind === 'request') takeRequest(message, seq);
    else if (message.kind === 'notification') takeNotification(message, seq);
    else takeAnswer(message, seq);
  };

  const takeLine = (bytes: Uint8Array, seq: number) => {
    const reading = isUtf8(bytes) ? readEnvelope(bytes) : ({ status: 'not_json' } as const);
    switch (reading.status) {
      case 'message':
        take(reading.message, seq);
        break;
      case 'not_json':
        writeError('null', new FairleadError('parse_error', 'The message is not JSON in UTF-8.'), seq);
        break;
      case 'not_a_message':
        writeError(
          reading.id,
          new FairleadError('invalid_request', 'The message is no JSON-RPC message.'),
          seq,
        );
        break;
      case 'batch':
        if (conversation.protocolVersion === '2025-03-26' && reading.elements.length > 0) {
          for (const element of reading.elements) takeLine(element, 0);
          channel.settle(seq);
        } else {
          writeError(
            'null',
            new FairleadError('invalid_request', 'Batches are not part of this protocol version.'),
            seq,
          );
        }
        break;
    }
  };

  const close = async (error = new FairleadError('cancelled', 'The connection was closed.')) => {
    if (lifetime.signal.aborted) return;
    for (const entry of inFlight.takeAll()) {
      fail(entry, error);
      entry.controller.abort(error);
    }
    lifetime.abort(error);
    channel.close();
    await conversation.close();
    observer.closed();
  };

  return {
    line(seq, bytes, replayed) {
      if (!replayed) {
        takeLine(bytes, seq);
        return;
      }
      const reading = readEnvelope(bytes);
      if (reading.status !== 'message') return;
      standing.note(reading.message, seq);
      if (reading.message.method === 'notifications/initialized') conversation.restore();
    },
    drained: () => conversation.resume(),
    ended() {
      if (ending) return;
      ending = true;
      const over = () => void close();
      const timer = setTimeout(over, lastAnswersMs);
      onIdle = () => {
        clearTimeout(timer);
        over();
      };
      // What the client said last may still wait for its turn.
      turns.ask(() => {
        if (inFlight.size === 0) onIdle?.();
      });
    },
    closed: () => void close(),
    close,
  };
}

/** `CallToolResult.isError`: the tool ran, and says that it failed. */
function isToolError(entry: InFlight, { bytes, body }: Message): boolean {
  if (entry.tool === undefined || bytes.length > glanceBytes) return false;
  const flag = memberOf(bytes, body, 'isError');
  return flag !== undefined && sourceOf(bytes, flag) === 'true';
}
