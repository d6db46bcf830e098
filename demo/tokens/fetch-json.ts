/** Reads a small JSON document from an issuer or its API: bounded in time and size, and never led elsewhere. */
import { FairleadError } from '../../shared/errors.ts';

const maxBytes = 256 * 1_024;
const timeoutMs = 5_000;

export interface JsonAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** `undefined` where it is not JSON. */
  readonly body: unknown;
}

/** Throws `connect_failed` where nothing came of it: no answer, a redirect, or too much. */
export async function fetchJson(
  url: URL,
  init: { method?: string; headers?: Record<string, string>; body?: URLSearchParams | string } = {},
): Promise<JsonAnswer> {
  try {
    const response = await fetch(url, {
      ...init,
      headers: { accept: 'application/json', ...init.headers },
      // A redirect would take the token along to wherever it leads.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await readText(response);
    return { status: response.status, headers: response.headers, body: parsed(text) };
  } catch (cause) {
    throw new FairleadError('connect_failed', 'The issuer of tokens does not answer as it should.', {
      cause,
    });
  }
}

async function readText({ body }: Response): Promise<string> {
  if (body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body as unknown as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new RangeError('The answer is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
