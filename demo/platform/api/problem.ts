/** Every error of the API in one form: problem details (RFC 9457). */
import { STATUS_CODES } from 'node:http';
import type { Context } from 'hono';

type ProblemStatus = 400 | 401 | 403 | 404 | 409 | 500;

export function problem(context: Context, status: ProblemStatus, detail: string): Response {
  const body = { type: 'about:blank', title: STATUS_CODES[status], status, detail };
  return context.body(JSON.stringify(body), status, { 'Content-Type': 'application/problem+json' });
}
