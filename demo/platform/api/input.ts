/** What a request brings, checked: JSON in the form that the call takes, or a problem that says what is wrong of it. */
import type { Context } from 'hono';
import type { z } from 'zod';
import { refusal } from './problem.ts';

/** Throws a refusal: 415, 400, or 422 with a list of what is wrong where. */
export async function readInput<T>(context: Context, schema: z.ZodType<T>): Promise<T> {
  const type = context.req.header('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) throw refusal(415, 'Send JSON, as application/json.');
  const parsed = schema.safeParse(parse(await context.req.text()));
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, message }) => ({
    // RFC 6901.
    pointer: path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
    detail: message,
  }));
  throw refusal(422, 'Some of what was sent is not as it should be.', errors);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal(400, 'What was sent is not JSON.');
  }
}
