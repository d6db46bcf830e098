/** Beside the path: the platform's API (docs/platform-api.md), as far as Fairlead uses it. */
import type { z } from 'zod';
import { FairleadError } from '../../shared/errors.ts';
import { platformApi, platformUser, type PlatformUser } from '../../shared/platform.ts';
import { readBody, type Send } from '../credentials/exchange.ts';

export interface PlatformClient {
  /** Whose token it is. Throws sign_in_needed, http_refused, protocol_violation, network and keychain errors. */
  me(issuer: string): Promise<PlatformUser>;
}

const mostBytes = 1024 * 1024;
const mostMs = 15_000;

/** @param send carries the account's credential (Broker's `platform.authenticated`) */
export function createPlatformClient({ send }: { send: Send }): PlatformClient {
  const get = async <T>(url: string, schema: z.ZodType<T>): Promise<T> => {
    const signal = AbortSignal.timeout(mostMs);
    try {
      const response = await send({
        method: 'GET',
        url: new URL(url),
        headers: { accept: 'application/json' },
        signal,
        // Nobody waits for a sign-in here: who asks is told that one is needed.
        lane: 'signal',
      });
      if (response.status !== 200) {
        response.discard();
        throw refused(response.status);
      }
      const body = await readBody(response, mostBytes, tooLarge);
      return parsed(body.toString('utf8'), schema);
    } catch (thrown) {
      throw signal.aborted ? tooSlow() : thrown;
    }
  };
  return { me: (issuer) => get(`${platformApi(issuer)}/me`, platformUser) };
}

function parsed<T>(text: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    // The cause would quote the answer.
    throw new FairleadError(
      'protocol_violation',
      'The platform answers in a way that Fairlead does not know.',
      {
        help: 'Check that --platform names a platform of this version (docs/platform-api.md).',
      },
    );
  }
}

function tooLarge(): FairleadError {
  return new FairleadError('answer_too_large', 'An answer of the platform is larger than 1 MiB.');
}

function refused(status: number): FairleadError {
  return new FairleadError('http_refused', `The platform refused to answer (HTTP ${status}).`, {
    help: 'Try again in a while.',
  });
}

function tooSlow(): FairleadError {
  return new FairleadError('timed_out', 'The platform took too long to answer.', {
    help: 'Try again in a while.',
  });
}
