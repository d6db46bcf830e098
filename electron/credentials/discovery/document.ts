/** Reads one metadata document of a stranger, and tells "there is none" from "it is broken". */
import { FairleadError } from '../../../shared/errors.ts';
import type { GuardedFetch } from './discovered.ts';

/** How a discovery reaches the network, and until when. */
export interface Reach {
  readonly fetch: GuardedFetch;
  /** What the person gave. */
  readonly configured: readonly URL[];
  readonly signal: AbortSignal;
}

/**
 * @returns undefined where there is none: a redirect (to a login page, say; it is not followed), 4xx, or a page that
 *   is not JSON, as servers that answer everything send one
 * @throws FairleadError `discovery_failed`: a server in trouble is no server without metadata, or its trouble would
 *   take us to weaker ways of discovery
 */
export async function readDocument(url: string, reach: Reach): Promise<unknown> {
  const response = await reach.fetch(url, {
    headers: { accept: 'application/json' },
    signal: reach.signal,
  });
  if (response.status >= 500 || response.status === 429) {
    throw new FairleadError(
      'discovery_failed',
      `The container or its authorization server is in trouble (HTTP ${response.status}).`,
      { help: 'Try again in a while.' },
    );
  }
  if (response.status !== 200) return undefined;
  const text = await response.text();
  try {
    const json: unknown = JSON.parse(text);
    // Absent members must be left out (RFC 8414 §3.2); some servers write null.
    if (typeof json === 'object' && json !== null && !Array.isArray(json))
      return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== null));
  } catch {
    // Below.
  }
  const isJson = /^application\/([a-z.-]+\+)?json\b/i.test(response.headers.get('content-type') ?? '');
  if (isJson) throw malformed();
  return undefined;
}

export function malformed(): FairleadError {
  return refusal('The metadata of the container or its authorization server is malformed.');
}

/** @param message ours alone, without a word of the server's */
export function refusal(message: string, help = 'Ask whoever runs the container to correct its metadata.') {
  return new FairleadError('discovery_refused', message, { help });
}
