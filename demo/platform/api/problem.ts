/** Every error of the API in one form: problem details (RFC 9457). */
import { STATUS_CODES } from 'node:http';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { z } from 'zod';
import type { problemDetails } from '../../../shared/platform-api.ts';

export type ProblemStatus = 400 | 401 | 403 | 404 | 405 | 409 | 410 | 413 | 415 | 422 | 500 | 502 | 503;
type Problem = z.infer<typeof problemDetails>;

export const problemType = { 'Content-Type': 'application/problem+json' } as const;

export function problemBody(status: ProblemStatus, detail: string, errors?: Problem['errors']): string {
  const title = STATUS_CODES[status] ?? 'Error';
  return JSON.stringify({ type: 'about:blank', title, status, detail, errors } satisfies Problem);
}

export function problem(context: Context, status: ProblemStatus, detail: string): Response {
  return context.body(problemBody(status, detail), status, problemType);
}

/** To be thrown by what has no answer of its own to give. */
export function refusal(status: ProblemStatus, detail: string, errors?: Problem['errors']): HTTPException {
  const res = new Response(problemBody(status, detail, errors), { status, headers: problemType });
  return new HTTPException(status, { res });
}
