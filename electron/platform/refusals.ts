/** Beside the path: what the platform refuses, told in words of ours: by its status, and by where the input was wrong. */
import { FairleadError, SignInNeeded } from '../../shared/errors.ts';
import { problemDetails } from '../../shared/platform-api.ts';
import { readBody, type HttpResponse } from '../credentials/exchange.ts';

/** What a call is about, for the sentences that differ. */
export type Subject = 'account' | 'container' | 'token';

const mostProblemBytes = 64 * 1024;

/** Reads the answer to its end. Throws what the connection failed with. */
export async function refusalOf(response: HttpResponse, subject: Subject): Promise<FairleadError> {
  const { status } = response;
  if (status === 422) return inputRefused(await pointersOf(response));
  response.discard();
  switch (status) {
    case 403:
      return new FairleadError('forbidden', 'Your platform account may not do that.', {
        help: 'Ask whoever runs the platform.',
      });
    case 404:
      return subject === 'account' ? notThePlatform() : unknown(subject);
    case 409:
      return conflict(subject);
    case 429:
      return new FairleadError('overloaded', 'The platform takes no more requests for now.', {
        help: 'Wait a minute and try again.',
      });
    default:
      return new FairleadError('http_refused', `The platform refused to answer (HTTP ${status}).`, {
        help: 'Try again in a while.',
      });
  }
}

/** What is told of a container elsewhere, told of the platform. */
export function toldOfPlatform(thrown: unknown): unknown {
  if (!(thrown instanceof FairleadError)) return thrown;
  const { code, cause, url } = thrown;
  if (thrown instanceof SignInNeeded) {
    return new FairleadError('sign_in_needed', 'You are not signed in to the platform.', {
      ...{ help: 'Run `fairlead login`.', url, cause },
    });
  }
  switch (code) {
    case 'connection_lost':
      return new FairleadError(code, 'The connection to the platform was lost.', {
        ...{ help: 'Try again. If it happens often, ask whoever runs the platform.', cause },
      });
    case 'unauthorized':
      return new FairleadError(code, 'The platform does not take the token that it has just issued.', {
        ...{ help: 'Sign in anew: `fairlead login --fresh`.', cause },
      });
    default:
      return thrown;
  }
}

export function notThePlatform(): FairleadError {
  return new FairleadError(
    'protocol_violation',
    'The platform answers in a way that Fairlead does not know.',
    { help: 'Check that --platform names a platform of this version (docs/platform-api.md).' },
  );
}

function unknown(subject: 'container' | 'token'): FairleadError {
  return subject === 'container'
    ? new FairleadError('container_unknown', 'Your platform account has no such container.', {
        help: 'See `fairlead platform list`.',
      })
    : new FairleadError('usage', 'Your platform account has no such API token.', {
        help: 'See `fairlead token list`.',
      });
}

function conflict(subject: Subject): FairleadError {
  return subject === 'token'
    ? new FairleadError('usage', 'Your platform account has as many API tokens as it may have.', {
        help: 'Revoke one first: `fairlead token list`, `fairlead token revoke <id>`.',
      })
    : new FairleadError(
        'container_exists',
        'Your platform account has a container with this name or address already, or as many as it may have.',
        { help: 'See `fairlead platform list`.' },
      );
}

const parts = new Map([
  ['/name', 'name'],
  ['/mcp_endpoint', 'address'],
  ['/auth_method', 'way of entering it'],
  ['/public_key_fingerprint', 'pin'],
  ['/csr', 'certificate request'],
  ['/scopes', 'scope'],
  ['/expires_in_days', 'number of days'],
]);

function inputRefused(pointers: readonly string[]): FairleadError {
  const named = [...parts].filter(([pointer]) =>
    pointers.some((each) => each === pointer || each.startsWith(`${pointer}/`)),
  );
  const what = named.length === 0 ? 'what it was sent' : `this ${named.map(([, part]) => part).join(', ')}`;
  return new FairleadError('usage', `The platform does not take ${what}.`, {
    help: 'Choose another, or ask whoever runs the platform what it takes.',
  });
}

async function pointersOf(response: HttpResponse): Promise<readonly string[]> {
  const body = await readBody(response, mostProblemBytes, notThePlatform);
  try {
    const { errors = [] } = problemDetails.parse(JSON.parse(body.toString('utf8')));
    return errors.map(({ pointer }) => pointer);
  } catch {
    return [];
  }
}
