/** What a container's refusal of a message becomes: the container's own JSON-RPC error, or an error of ours. */
import { FairleadError, type ErrorCode } from '../../../shared/errors.ts';
import { errorCodeOf, type Message } from '../../../shared/envelope.ts';
import type { HttpResponse } from '../../credentials/exchange.ts';
import { mediaType, readWhole } from './body.ts';
import { refusesVersion } from '../eras/container-era.ts';
import type { Flow } from './flow.ts';
import { incomingMessages } from './incoming.ts';
import { withTopMembers } from '../splice.ts';
import { containerTooNew } from '../eras/untranslated.ts';

const maxRefusalBytes = 1024 * 1024;

/** An HTTP status that is no success. */
export class HttpRefused extends FairleadError {
  readonly status: number;

  constructor(status: number) {
    const { code, message, help } = explain(status);
    super(code, message, { help });
    this.status = status;
  }
}

function explain(status: number): { code: ErrorCode; message: string; help: string } {
  if (status === 401) {
    return {
      code: 'unauthorized',
      message: 'The container does not accept the credential (HTTP 401).',
      help: 'Check its key, and set it again with `fairlead add … --secret-stdin`.',
    };
  }
  if (status === 403) {
    return {
      code: 'forbidden',
      message: 'The container refuses this request with this credential (HTTP 403).',
      help: 'Ask whoever runs it for access.',
    };
  }
  if (status === 429 || status === 503) {
    return {
      code: 'overloaded',
      message: `The container has no room for this request now (HTTP ${status}).`,
      help: 'Try again later.',
    };
  }
  if (status >= 300 && status < 400) {
    return {
      code: 'http_refused',
      message: `The container sends its visitors elsewhere (HTTP ${status}); Fairlead does not follow.`,
      help: 'Configure the address that it moved to.',
    };
  }
  return {
    code: 'http_refused',
    message: `The container refused the request (HTTP ${status}).`,
    help: status === 404 ? 'Check the path of its URL.' : 'See the log of the container for the reason.',
  };
}

/**
 * Reads a refusal. A JSON-RPC error in it is the container's answer, whatever id it names: behind HTTP it can only
 * be about this request.
 * @returns that error as the answer to `request`
 * @throws HttpRefused when there is none
 */
export async function answerOfRefusal(
  response: HttpResponse,
  request: Message,
  flow: Flow,
): Promise<Message> {
  const refused = new HttpRefused(response.status);
  // The credential's refusals are ours to explain: the person can do something about them.
  if (response.status === 401 || mediaType(response) !== 'application/json') {
    response.discard();
    throw refused;
  }
  const body = await readWhole(response, flow, maxRefusalBytes).catch(() => undefined);
  const [error] = (body === undefined ? undefined : incomingMessages(body)) ?? [];
  // An `error` without a code is a word of HTTP's, such as RFC 6750 §3.1 has.
  if (error?.failed !== true || errorCodeOf(error) === undefined) throw refused;
  return error.idKey === request.idKey ? error : withTopMembers(error, { id: request.id });
}

/** The container's error to the client's `initialize`, with which a lost session was to begin anew. */
export class GreetingRefused extends FairleadError {
  constructor() {
    super(...lostSession('would not begin a new one.'));
  }
}

/** What a lost session could not be begun anew for. @param answer to the client's `initialize` */
export function notBegun(answer: Message | undefined): FairleadError {
  const tooNew = answer !== undefined && refusesVersion(answer);
  return tooNew ? containerTooNew() : new GreetingRefused();
}

export function notRenewed(how: string): FairleadError {
  return new FairleadError(...lostSession(how));
}

function lostSession(how: string): ConstructorParameters<typeof FairleadError> {
  return [
    'connection_lost',
    `The container lost its session and ${how}`,
    { help: 'Try again, or restart the client.' },
  ];
}
