/** How a container's questions of the older era, and their answers, travel in the results and requests of the newer one. Pure. */
import { errorCodeOf, memberOf, sourceOf, textOf, type Message } from '../../../shared/envelope.ts';
import { claimOf } from '../../../shared/era.ts';
import { scanMembers, type Span } from '../../../shared/json-scan.ts';
import { metaWithout, ownRequest, withMembers } from '../splice.ts';

/**
 * Questions of the container as the result of the request that they are about.
 * @param questions by the names under which they are answered
 * @param state by which the next round is known
 */
export function inputRequired(questions: ReadonlyMap<string, Message>, state: string): string {
  const asked = [...questions].map(([name, { bytes, method, body }]): [string, Buffer] => [
    name,
    withMembers(bytes, undefined, {
      method: JSON.stringify(method),
      ...(body !== undefined && { params: newerParams(bytes, body) }),
    }),
  ]);
  return withMembers(Buffer.alloc(0), undefined, {
    resultType: '"input_required"',
    inputRequests: withMembers(Buffer.alloc(0), undefined, Object.fromEntries(asked)),
    requestState: JSON.stringify(state),
  }).toString();
}

/** What a client brings back to `inputRequired`. */
export function broughtBack({ bytes, body }: Message): {
  /** Undefined: this is no further round. */
  readonly state: string | undefined;
  /** Its answer to a question, as JSON. */
  answerTo(name: string): string | undefined;
} {
  const state = memberOf(bytes, body, 'requestState');
  const answers = memberOf(bytes, body, 'inputResponses');
  return {
    state: state === undefined ? answers && '' : (textOf(bytes, state) ?? ''),
    answerTo(name) {
      const answer = memberOf(bytes, answers, name);
      return answer && sourceOf(bytes, answer);
    },
  };
}

/**
 * The links that a person has to open before a call can succeed, as questions, if an answer says so
 * (MCP 2025-11-25, URLElicitationRequiredError) and the client can show any.
 * @returns by `elicitationId`; undefined for any other answer
 */
export function linksIn(answer: Message, request: Message): ReadonlyMap<string, Message> | undefined {
  if (errorCodeOf(answer) !== '-32042' || !opensLinks(request)) return undefined;
  const { bytes, body } = answer;
  const links = new Map<string, Message>();
  const list = memberOf(bytes, memberOf(bytes, body, 'data'), 'elicitations');
  if (list !== undefined) {
    scanMembers(bytes, list, (_key, each) => {
      const id = memberOf(bytes, each, 'elicitationId');
      const name = id && textOf(bytes, id);
      if (name !== undefined) links.set(name, ownRequest(name, 'elicitation/create', sourceOf(bytes, each)));
    });
  }
  return links.size > 0 ? links : undefined;
}

function opensLinks(request: Message): boolean {
  const { bytes } = request;
  const able = memberOf(bytes, claimOf(request)?.meta, 'io.modelcontextprotocol/clientCapabilities');
  return memberOf(bytes, memberOf(bytes, able, 'elicitation'), 'url') !== undefined;
}

/** In a result there is no way to tell of progress, and a link has no name of its own. */
function newerParams(bytes: Uint8Array, params: Span): Uint8Array {
  const _meta = metaWithout(bytes, params, ['progressToken']);
  return withMembers(bytes, params, { elicitationId: undefined, _meta });
}
