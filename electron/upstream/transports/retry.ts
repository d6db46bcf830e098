/** Whether, and when, a message may be sent again (design: a call is never run twice). Pure. */
import { FairleadError } from '../../../shared/errors.ts';
import type { Message } from '../../../shared/envelope.ts';
import { wasSent } from '../network/network-errors.ts';

const longestRetryAfterMs = 60_000;
const maxAttempts = 4;
const firstPauseMs = 100;

/** Requests of MCP that read or set, so that running one twice is running it once. */
const repeatable = new Set([
  'initialize',
  'ping',
  'server/discover',
  'tools/list',
  'prompts/list',
  'prompts/get',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'completion/complete',
  'logging/setLevel',
]);

const isRepeatable = (message: Message) => message.kind === 'request' && repeatable.has(message.method);

/** The container refused the message before running it, or said when to come again. */
export interface Refusal {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

/**
 * @param attempt how often it was sent, the first time included
 * @param nowMs since the epoch, for a Retry-After that names a date (RFC 9110 §10.2.3)
 * @returns how long to wait before sending it again, or undefined: do not
 */
export function pauseAfterRefusal(
  message: Message,
  refusal: Refusal,
  { attempt, nowMs }: { attempt: number; nowMs: number },
): number | undefined {
  if (attempt >= maxAttempts) return undefined;
  // 429 says that it was not run (RFC 6585 §4). 503 may come of something on the way that gave up waiting.
  if (
    refusal.status !== 429 &&
    !(refusal.status === 503 && message.kind === 'request' && isRepeatable(message))
  ) {
    return undefined;
  }
  const asked = retryAfterMs(refusal.retryAfter, nowMs);
  if (asked === undefined) return refusal.status === 429 ? firstPauseMs * 10 * attempt : undefined;
  return asked <= longestRetryAfterMs ? asked : undefined;
}

/** @returns how long to wait before sending it again after a broken exchange, or undefined: do not */
export function pauseAfterLoss(message: Message, error: unknown, attempt: number): number | undefined {
  if (attempt >= maxAttempts || !(error instanceof FairleadError)) return undefined;
  const transient = error.code === 'connect_failed' || error.code === 'connection_lost';
  if (!transient) return undefined;
  if (!wasSent(error)) return firstPauseMs * 3 ** (attempt - 1);
  return isRepeatable(message) && attempt === 1 ? firstPauseMs : undefined;
}

function retryAfterMs(value: string | undefined, nowMs: number): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,6}$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
