/** What a request brings, checked: JSON in the form that the call takes, or a problem that says what is wrong of it. */
import type { Context } from 'hono';
import type { z } from 'zod';
import { refusal } from './problem.ts';

const mostBytes = 64 * 1_024;

/** Throws a refusal: 415, 413, 400, or 422 with a list of what is wrong where. */
export async function readInput<T>(context: Context, schema: z.ZodType<T>): Promise<T> {
  const type = context.req.header('content-type') ?? '';
  if (!/^application\/json\s*(;|$)/i.test(type)) throw refusal(415, 'Send JSON, as application/json.');
  const parsed = schema.safeParse(parse(await readText(context.req.raw)));
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, message }) => ({
    // RFC 6901.
    pointer: path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
    detail: message,
  }));
  throw refusal(422, 'Some of what was sent is not as it should be.', errors);
}

/** No more of it than is taken, whatever it says of its length. */
async function readText({ body }: Request): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > mostBytes) throw refusal(413, 'That is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusal(400, 'What was sent is not JSON.');
  }
}
