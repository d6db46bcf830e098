/** Beside the path: one exchange with the platform's API, bounded in size and time, its answer checked. */
import type { z } from 'zod';
import { FairleadError } from '../../shared/errors.ts';
import { readBody, type HttpRequest, type HttpResponse, type Send } from '../credentials/exchange.ts';
import { notThePlatform, refusalOf, toldOfPlatform, type Subject } from './refusals.ts';

export interface ApiCall {
  readonly method?: HttpRequest['method'];
  readonly url: string;
  readonly subject: Subject;
  /** Becomes JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

export interface ApiAnswer<T> {
  readonly value: T;
  readonly header: HttpResponse['header'];
}

/**
 * Each throws sign_in_needed, http_refused, protocol_violation, timed_out, what `refusals.ts` makes of a refusal,
 * network and keychain errors, or the signal's reason. Nothing is sent again once bytes of it have left, but for a 401.
 */
export interface ApiExchange {
  /** @param schema of the whole answer */
  ask<T>(call: ApiCall, schema: z.ZodType<T>): Promise<ApiAnswer<T>>;
  /** For calls without an answer to read. */
  tell(call: ApiCall): Promise<void>;
  /** Whatever its status; the body is the caller's to read, and only the head has a time limit. */
  open(call: ApiCall): Promise<HttpResponse>;
}

const mostBytes = 1024 * 1024;
const mostMs = 15_000;

/** @param send carries the account's credential (Broker's `platform.authenticated`) */
export function createApiExchange(send: Send): ApiExchange {
  const request = ({ method = 'GET', url, body, headers }: ApiCall, signal: AbortSignal) =>
    send({
      method,
      url: new URL(url),
      headers: {
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: Buffer.from(JSON.stringify(body)) }),
      signal,
      // Nobody waits for a sign-in here: who asks is told that one is needed.
      lane: 'signal',
    });

  const bounded = async <T>(call: ApiCall, use: (response: HttpResponse) => Promise<T>): Promise<T> => {
    const late = AbortSignal.timeout(mostMs);
    const signal = call.signal === undefined ? late : AbortSignal.any([late, call.signal]);
    try {
      const response = await request(call, signal);
      if (response.status < 200 || response.status > 299) throw await refusalOf(response, call.subject);
      return await use(response);
    } catch (thrown) {
      call.signal?.throwIfAborted();
      throw late.aborted ? tooSlow() : toldOfPlatform(thrown);
    }
  };

  return {
    ask: (call, schema) =>
      bounded(call, async (response) => {
        const body = await readBody(response, mostBytes, tooLarge);
        return { value: parsed(body.toString('utf8'), schema), header: (name) => response.header(name) };
      }),
    tell: (call) =>
      bounded(call, (response) => {
        response.discard();
        return Promise.resolve();
      }),
    async open(call) {
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(tooSlow()), mostMs);
      const { signal = late.signal } = call;
      try {
        return await request(call, AbortSignal.any([late.signal, signal]));
      } catch (thrown) {
        throw toldOfPlatform(thrown);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

function parsed<T>(text: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    // The cause would quote the answer.
    throw notThePlatform();
  }
}

function tooLarge(): FairleadError {
  return new FairleadError('answer_too_large', 'An answer of the platform is larger than 1 MiB.');
}

function tooSlow(): FairleadError {
  return new FairleadError('timed_out', 'The platform took too long to answer.', {
    help: 'Try again in a while.',
  });
}
