/** Stop 4 in the era without sessions (MCP 2026-07-28): each request of a client is one POST, and its answer the end of that. */
import { errorCodeOf, memberOf, sourceOf, type Message } from '../../../shared/envelope.ts';
import { claimOf } from '../../../shared/era.ts';
import type { HttpResponse } from '../../credentials/exchange.ts';
import { headerMismatch, verdictOf, verdictOfStatus, type ContainerEra } from '../eras/container-era.ts';
import type { Conversation } from '../conversation.ts';
import { readAnswer } from './exchange-request.ts';
import { createFlow } from './flow.ts';
import { post } from './post.ts';
import { HttpRefused } from './refusal.ts';
import { modernHeaders } from './request-headers.ts';
import { ownRequest } from '../splice.ts';
import type { ConversationDeps } from './streamable-http.ts';
import { createToolHeaders } from './tool-headers.ts';

/** A list whose cursor never ends is cut off here. */
const maxPages = 100;

export interface ModernConversation extends Omit<Conversation, 'restore' | 'send'> {
  /** @param version for what says none itself */
  send(message: Message, terms: { signal: AbortSignal; version: string | undefined }): Promise<void>;
}

type Deliver = (message: Message) => void;

export function createModernConversation(
  deps: Omit<ConversationDeps, 'standing'> & { readonly era: ContainerEra },
): ModernConversation {
  const { url, send, events, era } = deps;
  const flow = createFlow();
  const tools = createToolHeaders();
  let protocolVersion: string | undefined;

  /** @returns the answer's head, and the rest of the exchange */
  const exchange = async (
    request: Message,
    { headers, signal, deliver }: { headers: Record<string, string>; signal: AbortSignal; deliver: Deliver },
  ): Promise<HttpResponse> => {
    const response = await post(request, { send, url, headers, signal, reached: events.reached });
    await readAnswer(response, {
      request,
      flow,
      signal,
      deliver(message) {
        const answers = message.kind === 'response' && message.idKey === request.idKey;
        if (!answers) {
          deliver(message);
          return;
        }
        era.learn(verdictOf(request, message));
        const learns = request.method === 'tools/list';
        deliver(learns ? tools.learn(request, message) : message);
      },
    });
    return response;
  };

  const ask = async (request: Message, signal: AbortSignal, version: string | undefined): Promise<void> => {
    const headers = modernHeaders(request, version);
    const params = tools.of(request);
    const isCall = request.method === 'tools/call';
    let mismatch: Message | undefined;
    const response = await exchange(request, {
      headers: { ...headers, ...params },
      signal,
      deliver(message) {
        protocolVersion = claimOf(request)?.version ?? version;
        if (isCall && isMismatch(message, request)) mismatch = message;
        else events.receive(message);
      },
    });
    if (mismatch === undefined) return;
    // Only so it was refused before it ran: behind 200 the error may be one that the tool itself met elsewhere.
    const refused = response.status === 400 && (await learnTools(request, signal));
    const renewed = refused ? tools.of(request) : params;
    if (JSON.stringify(renewed) === JSON.stringify(params)) {
      events.receive(mismatch);
      return;
    }
    await exchange(request, {
      headers: { ...headers, ...renewed },
      signal,
      deliver: (message) => events.receive(message),
    });
  };

  /**
   * The tools as they are now, in the client's name: it does not know of headers, and may have its list from long ago.
   * @returns whether they could be had
   */
  const learnTools = async (call: Message, signal: AbortSignal): Promise<boolean> => {
    let cursor: string | undefined;
    for (let page = 1; page <= maxPages; page += 1) {
      const request = listRequest(call, page, cursor);
      let answer: Message | undefined;
      const deliver: Deliver = (message) => {
        if (message.kind === 'response') answer = message;
      };
      const headers = modernHeaders(request, undefined);
      await exchange(request, { headers, signal, deliver }).catch(() => undefined);
      signal.throwIfAborted();
      if (answer === undefined || answer.failed) return false;
      const next = memberOf(answer.bytes, answer.body, 'nextCursor');
      if (next === undefined) return true;
      cursor = sourceOf(answer.bytes, next);
    }
    return true;
  };

  const tell = async (message: Message, signal: AbortSignal, version: string | undefined): Promise<void> => {
    const response = await post(message, { send, url, headers: modernHeaders(message, version), signal });
    response.discard();
    if (response.status < 200 || response.status > 299) throw new HttpRefused(response.status);
  };

  return {
    async send(message, { signal, version }) {
      // Over HTTP the end of the request's own stream says it (MCP 2026-07-28, Cancellation); whoever waits ends that.
      if (message.method === 'notifications/cancelled') return;
      if (message.kind !== 'request') {
        await tell(message, signal, version);
        return;
      }
      try {
        await ask(message, signal, version);
      } catch (thrown) {
        if (thrown instanceof HttpRefused) era.learn(verdictOfStatus(message, thrown.status));
        throw thrown;
      }
    },
    pause: () => flow.pause(),
    resume: () => flow.resume(),
    get protocolVersion() {
      return protocolVersion;
    },
    // Whoever waits for an answer ends its exchange; between them there is nothing.
    close: () => Promise.resolve(),
  };
}

function isMismatch(message: Message, request: Message): boolean {
  return message.idKey === request.idKey && errorCodeOf(message) === headerMismatch;
}

/** Says of the client what its call says. @param cursor its JSON */
function listRequest(call: Message, page: number, cursor: string | undefined): Message {
  const meta = memberOf(call.bytes, call.body, '_meta');
  const members = [
    ...(meta === undefined ? [] : [`"_meta":${sourceOf(call.bytes, meta)}`]),
    ...(cursor === undefined ? [] : [`"cursor":${cursor}`]),
  ];
  return ownRequest(`fairlead-tools-${page}`, 'tools/list', `{${members.join(',')}}`);
}
