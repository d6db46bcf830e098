/** Sends one message to a container, again only where that cannot run a call twice. */
import type { Message } from '../../../shared/envelope.ts';
import { isOpenEnded } from '../../../shared/era.ts';
import { delay } from '../../runtime/clock.ts';
import type { HttpRequest, HttpResponse, Send } from '../../credentials/exchange.ts';
import type { Reached } from '../conversation.ts';
import { pauseAfterLoss, pauseAfterRefusal } from './retry.ts';

export interface PostTerms {
  readonly send: Send;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly reached?: Reached | undefined;
}

/**
 * @returns the head of the answer, whatever its status, once there is no use in asking again
 * @throws FairleadError, or the signal's reason
 */
export async function post(message: Message, terms: PostTerms): Promise<HttpResponse> {
  const { send, url, headers, signal, reached } = terms;
  const request: HttpRequest = {
    method: 'POST',
    url,
    headers,
    body: message.bytes,
    signal,
    lane: laneOf(message),
    ...(reached !== undefined && { onReached: (stage) => reached(message, stage) }),
  };
  for (let attempt = 1; ; attempt += 1) {
    let pauseMs: number | undefined;
    try {
      const response = await send(request);
      if (response.status !== 429 && response.status !== 503) return response;
      const refusal = { status: response.status, retryAfter: response.header('retry-after') };
      pauseMs = pauseAfterRefusal(message, refusal, { attempt, nowMs: Date.now() });
      if (pauseMs === undefined) return response;
      response.discard();
    } catch (thrown) {
      pauseMs = signal.aborted ? undefined : pauseAfterLoss(message, thrown, attempt);
      if (pauseMs === undefined) throw thrown;
    }
    await delay(pauseMs, signal);
  }
}

function laneOf({ kind, method }: Message): HttpRequest['lane'] {
  if (kind !== 'request') return 'signal';
  return isOpenEnded(method) ? 'stream' : 'call';
}
