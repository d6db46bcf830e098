/** One request's exchange over Streamable HTTP, from its POST to its answer, over a broken stream if need be. */
import { FairleadError } from '../../../shared/errors.ts';
import type { Message } from '../../../shared/envelope.ts';
import { delay } from '../../runtime/clock.ts';
import type { HttpResponse } from '../../credentials/exchange.ts';
import { mediaType, newCursor, readEvents, readWhole } from './body.ts';
import type { Flow } from './flow.ts';
import { incomingMessages } from './incoming.ts';
import { answerOfRefusal } from './refusal.ts';
import { withTopMembers } from '../splice.ts';

/** How often in a row a container may be asked for the rest of a stream without sending anything of it. */
const maxResumes = 5;
const resumePauseMs = 1_000;
const lingerMs = 5_000;

export interface ExchangeTerms {
  readonly request: Message;
  readonly flow: Flow;
  readonly signal: AbortSignal;
  /** Passes a message on, the answer among them, with the request that all of this is about. */
  readonly deliver: (message: Message, about: Message) => void;
  /** Calls back when the answer comes over another stream. Absent: it cannot. @returns takes that back */
  readonly onAnsweredElsewhere?: (finish: () => void) => () => void;
  /** Asks for the rest of a broken stream. Absent: the protocol has no way to. */
  readonly resume?: (lastEventId: string, signal: AbortSignal) => Promise<HttpResponse>;
}

/**
 * Reads what a container answers to a request's POST; any status but a lost session's 404.
 * Resolves once the answer was delivered.
 * @throws FairleadError when there is none, or the signal's reason
 */
export async function readAnswer(response: HttpResponse, terms: ExchangeTerms): Promise<void> {
  const { request, flow, deliver } = terms;
  if (response.status < 200 || response.status > 299) {
    deliver(await answerOfRefusal(response, request, flow), request);
    return;
  }
  switch (mediaType(response)) {
    case 'application/json': {
      const read = incomingMessages(await readWhole(response, flow)) ?? [];
      const messages = read.map((message) =>
        isOfNobody(message) ? withTopMembers(message, { id: request.id }) : message,
      );
      if (!messages.some((message) => answers(message, request))) throw noAnswer();
      for (const message of messages) deliver(message, request);
      return;
    }
    case 'text/event-stream':
      await followStream(response, terms);
      return;
    case '':
      response.discard();
      throw noAnswer();
    default:
      response.discard();
      throw new FairleadError('not_mcp', 'The container answered with something that is not MCP.', {
        help: 'Check its URL: a web page or a login page may be there instead.',
      });
  }
}

const answers = (message: Message, request: Message) =>
  message.kind === 'response' && message.idKey === request.idKey;

/** An error of a container that could not make out the id (JSON-RPC 2.0 §5): here it can only be about this request. */
const isOfNobody = ({ failed, idKey }: Message) => failed && idKey === undefined;

function noAnswer(): FairleadError {
  return new FairleadError(
    'protocol_violation',
    'The container sent something that does not answer this request.',
  );
}

async function followStream(first: HttpResponse, terms: ExchangeTerms): Promise<void> {
  const { request, flow, signal, deliver, onAnsweredElsewhere, resume } = terms;
  const cursor = newCursor();
  let response = first;
  let answered = false;
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const enough = new AbortController();
  const receive = (message: Message) => {
    if (answers(message, request)) {
      answered = true;
      finish();
    }
    deliver(message, request);
  };
  const isAnswered = () => answered;
  const stopWatching = onAnsweredElsewhere?.(() => {
    answered = true;
    finish();
  });

  /** Asking for the rest runs nothing, so a container that is away for a moment may be asked again. */
  const takeUpAgain = async (lost: unknown): Promise<HttpResponse> => {
    if (cursor.lastEventId === undefined || resume === undefined) throw lost;
    for (let attempt = 1; ; attempt += 1) {
      await delay(cursor.retryMs ?? resumePauseMs, signal);
      const next = await resume(cursor.lastEventId, signal).catch((thrown: unknown) => {
        if (attempt === maxResumes) throw thrown;
      });
      if (next === undefined) continue;
      if (next.status === 200) return next;
      next.discard();
      if (next.status < 500 || attempt === maxResumes) throw brokenOff();
    }
  };

  const follow = async () => {
    for (let barren = 0; barren < maxResumes;) {
      const before = cursor.events;
      const lost = await readEvents(response, flow, { cursor, receive, enough: enough.signal }).then(
        brokenOff,
        (thrown: unknown) => thrown,
      );
      if (isAnswered()) return;
      if (signal.aborted) throw signal.reason;
      barren = cursor.events > before ? 0 : barren + 1;
      response = await takeUpAgain(lost);
      // Elsewhere, while we waited.
      if (isAnswered()) break;
    }
    response.discard();
    if (!isAnswered()) throw brokenOff();
  };

  const following = follow();
  try {
    await Promise.race([finished, following]);
  } finally {
    stopWatching?.();
    // A stream that was answered should end by itself, so that its connection can serve again.
    const linger = setTimeout(() => {
      enough.abort();
    }, lingerMs);
    void following
      .catch(() => undefined)
      .finally(() => {
        clearTimeout(linger);
      });
  }
}

function brokenOff(): FairleadError {
  return new FairleadError('connection_lost', 'The connection ended before the answer came.', {
    help: 'The call may or may not have run.',
  });
}
