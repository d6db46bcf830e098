/** Each request of the client from its line to its one answer: the container's, or an error of ours. */
import {
  asFairleadError,
  errorReport,
  FairleadError,
  personalDecisions,
  type ErrorReport,
} from '../../shared/errors.ts';
import { errorCodeOf, isTrue, memberOf, textOf, type Message } from '../../shared/envelope.ts';
import { claimOf } from '../../shared/era.ts';
import type { Clock } from '../runtime/clock.ts';
import { causeName, type Logger } from '../runtime/logger.ts';
import type { Conversation } from '../upstream/conversation.ts';
import { createInFlightTable, toolOf, type InFlight } from './in-flight.ts';
import { ownNotification } from './own-answers.ts';
import type { Outcome, RequestStage, SessionObserver } from './observer.ts';
import { createRecentKeys } from './recent-keys.ts';
import type { Replies } from './replies.ts';
import type { Turns } from './turns.ts';

/** More than any client means to have under way at once, and what they may hold in memory together. */
const maxInFlight = 10_000;
const maxInFlightBytes = 512 * 1024 * 1024;
/** How long a container may take to accept that nobody waits any more. */
const noticeMs = 2_000;
/** Larger results are not looked into for `isError`: it only colours a line of the activity. */
const glanceBytes = 64 * 1024;

export interface RequestsDeps {
  readonly send: Conversation['send'];
  readonly replies: Replies;
  readonly turns: Turns;
  /** Of a request that begins now. */
  readonly timeLimitMs: () => number;
  /** Of the session. */
  readonly signal: AbortSignal;
  /** The container has accepted it; called before the client hears of it. */
  readonly keep: (request: { message: Message; seq: number }) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly observer: SessionObserver;
}

export interface Requests {
  readonly size: number;
  begin(message: Message, seq: number): void;
  /** How far a request has come on its way. */
  reached(request: Message, stage: RequestStage): void;
  /** An answer of the container; one to no open request is dropped. */
  answer(message: Message): void;
  /**
   * The client's `notifications/cancelled`: the request gets no answer any more.
   * @returns the request's line; undefined when it was not under way
   */
  cancel(idKey: string | undefined, notice: Message): number | undefined;
  /** Progress was made. @returns false when it is of a request that was withdrawn, so the client wants none */
  progress(progressKey: string | undefined): boolean;
  /** Ends what would go on for as long as the client is there. @param settle told each line: nobody is to hear of it */
  endOpenEnded(settle: (seq: number) => void): void;
  /** Answers all with an error. */
  failAll(error: FairleadError): void;
  /** The same to all that is not meant to go on for as long as the client is there; the container is told. */
  interrupt(error: FairleadError): void;
  /** Called whenever the last open request has ended. */
  onIdle(listener: () => void): void;
}

export function createRequests(deps: RequestsDeps): Requests {
  const { send, replies, turns, timeLimitMs, clock, logger, observer } = deps;
  const inFlight = createInFlightTable(timeLimitMs);
  /** Progress tokens of withdrawn requests. */
  const silenced = createRecentKeys(1_000);
  let idle: () => void = () => undefined;
  let introduced = false;

  const finish = (
    entry: InFlight,
    outcome: Outcome,
    detail: { error?: string | undefined; problem?: ErrorReport; bytesIn?: number },
  ) => {
    entry.observer.finished({
      outcome,
      error: detail.error,
      problem: detail.problem,
      durationMs: clock.elapsed() - entry.startedMs,
      bytesIn: detail.bytesIn ?? 0,
    });
    if (inFlight.size === 0) idle();
  };

  const introduce = (message: Message) => {
    const name = clientName(message);
    if (name === undefined) return;
    introduced = true;
    observer.introduced(name);
  };

  /** For a request that was taken out of the table. @param own: it is Fairlead that ends it, and no fault of the container's */
  const fail = (entry: InFlight, thrown: unknown, own = false) => {
    const error = asFairleadError(thrown);
    const { method, id } = entry.message;
    if (error.code === 'internal') logger.error('request.failed', { method, cause: causeName(error.cause) });
    replies.error(id, error, entry.seq);
    if (personalDecisions.has(error.code)) {
      finish(entry, 'denied', { error: error.code });
      return;
    }
    const outcome = error.code === 'timed_out' ? 'timed_out' : 'lost';
    finish(entry, outcome, { error: error.code, ...(!own && { problem: errorReport(error) }) });
  };

  /** Tells the container that nobody waits any more, and only then drops the exchange: it may end by itself. */
  const withdraw = (entry: InFlight, notice: Message | undefined) => {
    if (entry.progressKey !== undefined) silenced.add(entry.progressKey);
    const drop = () => entry.controller.abort(new FairleadError('cancelled', 'The request was cancelled.'));
    // "A client MUST NOT attempt to cancel its initialize request" (MCP, Cancellation).
    if (notice === undefined || entry.message.method === 'initialize') {
      drop();
      return;
    }
    const signal = AbortSignal.any([deps.signal, AbortSignal.timeout(noticeMs)]);
    void send(notice, signal)
      .catch(() => undefined)
      .finally(drop);
  };

  const onTimeout = (entry: InFlight, limitMs: number) => {
    inFlight.take(entry.message.idKey);
    fail(
      entry,
      new FairleadError('timed_out', `The container did not answer within ${limitMs / 1000} s.`, {
        help: 'Give it more time with `--timeout <seconds>`.',
      }),
    );
    withdraw(entry, noticeOf(entry.message, 'Timed out'));
  };

  const dispatch = (entry: InFlight) => {
    // The reason is made only when it is needed: an error costs more than all else that a call does here.
    const settle = (reason: () => unknown) => {
      if (!inFlight.holds(entry)) return;
      inFlight.take(entry.message.idKey);
      fail(entry, reason());
    };
    send(entry.message, entry.controller.signal).then(
      () => settle(unanswered),
      (thrown: unknown) => settle(() => thrown),
    );
  };

  return {
    get size() {
      return inFlight.size;
    },
    begin(message, seq) {
      const refusal = refusalOf(message, inFlight);
      if (refusal !== undefined) {
        replies.error(message.id, refusal, seq);
        return;
      }
      if (message.method === 'initialize' || !introduced) introduce(message);
      const { method, bytes } = message;
      const tool = toolOf(message);
      const entry = inFlight.add(message, {
        ...{ seq, startedMs: clock.elapsed(), tool, onTimeout },
        observer: observer.started({ method, tool, bytesOut: bytes.length }),
      });
      if (entry.progressKey !== undefined) silenced.delete(entry.progressKey);
      turns.ask(() => {
        if (inFlight.holds(entry)) dispatch(entry);
      });
    },
    reached: (request, stage) => inFlight.find(request.idKey)?.observer.reached(stage),
    answer(message) {
      const entry = inFlight.take(message.idKey);
      if (entry === undefined) {
        logger.debug('answer.stray', { bytes: message.bytes.length });
        return;
      }
      if (!message.failed) deps.keep(entry);
      replies.message(message.bytes, entry.seq);
      finish(entry, message.failed ? 'error' : isToolError(entry, message) ? 'tool_error' : 'ok', {
        error: errorCodeOf(message)?.slice(0, 20),
        bytesIn: message.bytes.length,
      });
    },
    cancel(idKey, notice) {
      const entry = inFlight.take(idKey);
      if (entry === undefined) return undefined;
      finish(entry, 'cancelled', {});
      withdraw(entry, notice);
      return entry.seq;
    },
    progress(progressKey) {
      if (progressKey !== undefined && silenced.has(progressKey)) return false;
      inFlight.renew(progressKey);
      return true;
    },
    endOpenEnded(settle) {
      for (const entry of inFlight.takeOpenEnded()) {
        settle(entry.seq);
        finish(entry, 'cancelled', {});
        withdraw(entry, undefined);
      }
    },
    failAll(error) {
      for (const entry of inFlight.takeAll()) {
        fail(entry, error, true);
        entry.controller.abort(error);
      }
    },
    interrupt(error) {
      for (const entry of inFlight.takeBounded()) {
        fail(entry, error);
        withdraw(entry, noticeOf(entry.message, 'Paused by the user'));
      }
    },
    onIdle(listener) {
      idle = listener;
    },
  };
}

function refusalOf(
  message: Message,
  inFlight: { has(idKey: string): boolean; size: number; bytes: number },
): FairleadError | undefined {
  if (message.idKey !== undefined && inFlight.has(message.idKey)) {
    return new FairleadError('invalid_request', 'A request with this id is under way.');
  }
  if (inFlight.size >= maxInFlight) {
    return new FairleadError('too_many_requests', `${maxInFlight} requests are under way.`);
  }
  if (inFlight.size > 0 && inFlight.bytes + message.bytes.length > maxInFlightBytes) {
    const limit = `${maxInFlightBytes >> 20} MiB`;
    return new FairleadError('too_many_requests', `The requests under way hold more than ${limit}.`);
  }
  return undefined;
}

/** What the client calls itself in its `initialize`, or in any of its requests (MCP 2026-07-28). */
function clientName(message: Message): string | undefined {
  const { bytes, body } = message;
  const begins = message.method === 'initialize';
  const claim = begins ? undefined : claimOf(message)?.meta;
  const info = begins
    ? memberOf(bytes, body, 'clientInfo')
    : memberOf(bytes, claim, 'io.modelcontextprotocol/clientInfo');
  const name = memberOf(bytes, info, 'name');
  return (name === undefined ? undefined : textOf(bytes, name)) ?? (begins || claim ? 'unknown' : undefined);
}

function unanswered(): FairleadError {
  return new FairleadError('protocol_violation', 'The container ended the exchange without an answer.');
}

function noticeOf({ id }: Message, reason: string): Message {
  return ownNotification('notifications/cancelled', `{"requestId":${id ?? 'null'},"reason":"${reason}"}`);
}

/** `CallToolResult.isError`: the tool ran, and says that it failed. */
function isToolError(entry: InFlight, { bytes, body }: Message): boolean {
  if (entry.tool === undefined || bytes.length > glanceBytes) return false;
  return isTrue(bytes, body, 'isError');
}
