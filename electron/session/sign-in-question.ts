/** The question that sends a person to a sign-in, as a client of the newer era puts it (MCP 2026-07-28, multi round-trips). */
import { z } from 'zod';
import { FairleadError } from '../../shared/errors.ts';
import { memberOf, readEnvelope, textOf, type Message } from '../../shared/envelope.ts';
import { claimOf } from '../../shared/era.ts';
import { scanMembers } from '../../shared/json-scan.ts';
import { textMember } from './in-flight.ts';
import { linkIn, ownAnswer, takesLinksIn } from './own-answers.ts';

/** Only their results may ask for more. */
const multiRound: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'resources/read']);
const questionKey = 'fairlead-sign-in';
/** Of each state that was given out here. Of letters and dashes, which no JSON writer escapes. */
const mark = 'fairlead-sign-in-state-';
/** What belongs to a round, and not to the request itself. */
const ofRounds: ReadonlySet<string> = new Set(['inputResponses', 'requestState']);
/** The link that was shown, and what the request said of an earlier round with the container, as JSON members. */
const kept = z.tuple([z.string(), z.string()]);

/** A request that comes back with the person's answer. */
export interface Resumed {
  /** As it was, with nothing of ours in it. */
  readonly message: Message;
  /** The link that they were shown. */
  readonly shown: string;
  /** They would not go there. */
  readonly refused: boolean;
}

/**
 * @param shown the link that this person has already gone to for this request: there they are waited for
 * @returns undefined where the client cannot be asked so, or there is no link
 */
export function signInQuestion(request: Message, thrown: unknown, shown?: string): Message | undefined {
  const link = linkIn(thrown);
  if (link === undefined || !multiRound.has(request.method) || !asksForLinks(request)) return undefined;
  const [, earlier] = parted(request);
  const state = Buffer.from(JSON.stringify([link.url, earlier] satisfies z.infer<typeof kept>));
  const question = { method: 'elicitation/create', params: { mode: 'url', ...link } };
  const result = {
    resultType: 'input_required',
    ...(link.url !== shown && { inputRequests: { [questionKey]: question } }),
    requestState: `${mark}${state.toString('base64url')}`,
  };
  return ownAnswer(request, JSON.stringify(result));
}

/** @throws FairleadError invalid_request for a state that is not as it was given out */
export function resumedFrom(request: Message): Resumed | undefined {
  const { bytes, body, method } = request;
  if (!multiRound.has(method) || body === undefined) return undefined;
  // For each call: this costs next to nothing, and no reading.
  if (!Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(mark)) return undefined;
  const state = textMember(request, 'requestState');
  if (state?.startsWith(mark) !== true) return undefined;
  const [shown, earlier] = keptIn(state.slice(mark.length));
  const [own] = parted(request);
  const members = [own, earlier].filter((each) => each !== '').join(',');
  const reading = readEnvelope(
    Buffer.concat([bytes.subarray(0, body.start), Buffer.from(`{${members}}`), bytes.subarray(body.end)]),
  );
  if (reading.status !== 'message') throw badState();
  const answer = memberOf(bytes, memberOf(bytes, body, 'inputResponses'), questionKey);
  const action = memberOf(bytes, answer, 'action');
  const refused = action !== undefined && textOf(bytes, action) !== 'accept';
  return { message: reading.message, shown, refused };
}

function asksForLinks(request: Message): boolean {
  const { bytes } = request;
  const meta = claimOf(request)?.meta;
  return takesLinksIn(bytes, memberOf(bytes, meta, 'io.modelcontextprotocol/clientCapabilities'));
}

/** The members of `params`: the request's own, and those of a round. */
function parted({ bytes, body }: Message): [own: string, ofRound: string] {
  const own: string[] = [];
  const rounds: string[] = [];
  if (body !== undefined) {
    scanMembers(bytes, body, (key, value) => {
      const into = ofRounds.has(textOf(bytes, key) ?? '') ? rounds : own;
      into.push(Buffer.from(bytes.subarray(key.start, value.end)).toString('utf8'));
    });
  }
  return [own.join(','), rounds.join(',')];
}

function keptIn(encoded: string): z.infer<typeof kept> {
  try {
    return kept.parse(JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8')));
  } catch {
    throw badState();
  }
}

function badState(): FairleadError {
  return new FairleadError('invalid_request', 'The `requestState` is not the one that was given.');
}
