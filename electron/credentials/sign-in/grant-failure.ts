/** What a failed request to an issuer means for the token it was about, and for the person. */
import { AuthorizationResponseError, ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client';
import { FairleadError } from '../../../shared/errors.ts';

export type GrantFailure =
  /** The issuer has decided. `reason` is its error code where that is one we know. */
  | { readonly kind: 'refused'; readonly reason: string | undefined }
  /** The issuer has not looked at it. */
  | { readonly kind: 'unavailable'; readonly retryAfterMs: number | undefined }
  /** It never left this machine. */
  | { readonly kind: 'unsent' }
  /** It may have been granted, or never seen: no answer came. */
  | { readonly kind: 'lost' }
  /** It has most likely been granted, in an answer that cannot be read. */
  | { readonly kind: 'broken' };

const unsentCodes = new Set<string>([
  'name_not_found',
  'connect_failed',
  'connect_timed_out',
  'proxy_failed',
  'tls_failed',
  'pin_mismatch',
  'address_refused',
  'discovery_refused',
]);

const lostCodes = new Set<string>(['connection_lost', 'timed_out']);

const passing = new Set(['temporarily_unavailable', 'server_error', 'slow_down']);
const reasons = new Set([
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope',
  'invalid_target',
  'access_denied',
  'expired_token',
  'invalid_dpop_proof',
  'use_dpop_nonce',
  'consent_required',
  'interaction_required',
  'login_required',
  // GitHub's.
  'device_flow_disabled',
]);

/** @param thrown by openid-client, or by the fetch it was given */
export function grantFailure(thrown: unknown): GrantFailure {
  const response = responseOf(thrown);
  if (response !== undefined && (response.status >= 500 || response.status === 429)) {
    return { kind: 'unavailable', retryAfterMs: retryAfterMs(response) };
  }
  if (thrown instanceof ResponseBodyError || thrown instanceof AuthorizationResponseError) {
    if (passing.has(thrown.error)) return { kind: 'unavailable', retryAfterMs: undefined };
    return { kind: 'refused', reason: reasons.has(thrown.error) ? thrown.error : undefined };
  }
  if (thrown instanceof WWWAuthenticateChallengeError) {
    const ofDpop = thrown.cause.find(({ scheme }) => scheme === 'dpop')?.parameters.error;
    return { kind: 'refused', reason: isProofReason(ofDpop) ? ofDpop : 'invalid_client' };
  }
  // A status without an OAuth error is of a proxy, a gateway or a new deployment: no verdict on the token.
  if (response !== undefined) return { kind: 'unavailable', retryAfterMs: undefined };
  const code = ownError(thrown)?.code ?? '';
  return { kind: unsentCodes.has(code) ? 'unsent' : lostCodes.has(code) ? 'lost' : 'broken' };
}

/** Whether it is a verdict on the DPoP proof alone (RFC 9449 §5, §8): on a clock that lags, or on a nonce. */
export function isProofReason(reason: string | undefined): boolean {
  return reason === 'invalid_dpop_proof' || reason === 'use_dpop_nonce';
}

/** What the person is told of a sign-in that failed. */
export function signInFailure(thrown: unknown): FairleadError {
  if (thrown instanceof FairleadError) return thrown;
  const failure = grantFailure(thrown);
  switch (failure.kind) {
    case 'refused':
      return failed(...whenRefused(failure.reason), thrown);
    case 'unavailable':
      return issuerUnavailable(thrown);
    case 'unsent':
    case 'lost':
    case 'broken':
      return ownError(thrown) ?? failed(...(isOfAnotherTime(thrown) ? wrongClock : brokenAnswer), thrown);
  }
}

/** Whether a sign-in has failed because the issuer does not know the client (RFC 6749 §5.2). */
export function isOfUnknownClient(thrown: unknown): boolean {
  return causes(thrown).some((each) => {
    const failure = grantFailure(each);
    return failure.kind === 'refused' && failure.reason === 'invalid_client';
  });
}

const brokenAnswer: [message: string, help: string] = [
  'The answer of the authorization server breaks the rules of OAuth.',
  'Try again. If it happens every time, tell whoever runs the container.',
];
const wrongClock: [message: string, help: string] = [
  "By this machine's clock, the ID token that the identity provider issued is of another time.",
  'Set the clock, then try again with `fairlead auth <name>`.',
];

/** Looked at for ID tokens alone, which say themselves when they end. */
function isOfAnotherTime(thrown: unknown): boolean {
  return causes(thrown).some(
    (each) => each instanceof Error && 'code' in each && each.code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  );
}

export function issuerUnavailable(cause?: unknown): FairleadError {
  return new FairleadError(
    'token_endpoint_unavailable',
    'The authorization server does not issue tokens now.',
    {
      help: 'Try again in a minute. You stay signed in.',
      cause,
    },
  );
}

/**
 * What is said where the refresh token is as good as before, and only what it was to be used for is refused.
 * @returns undefined for any other reason
 */
export function targetRefusal(reason: string | undefined): FairleadError | undefined {
  switch (reason) {
    case 'invalid_target':
      return new FairleadError('forbidden', 'The platform issues no tokens for this container to you.', {
        help: 'Check its URL, and whose account you use (`fairlead whoami`).',
      });
    case 'invalid_scope':
      return new FairleadError('forbidden', 'The platform does not grant you this scope.', {
        help: 'Check --scope, or sign in anew with `fairlead login --fresh`.',
      });
    default:
      return undefined;
  }
}

function whenRefused(reason: string | undefined): [message: string, help: string] {
  switch (reason) {
    case 'access_denied':
      return ['The sign-in was declined.', 'Run `fairlead auth <name>` to try again.'];
    case 'expired_token':
      return ['The code was not entered in time.', 'Run `fairlead auth <name>` for a new one.'];
    case 'invalid_client':
    case 'unauthorized_client':
      return [
        'The authorization server does not know this client, or not with this secret.',
        'Check --client-id and the client secret, or run `fairlead auth <name>` to register anew.',
      ];
    case 'device_flow_disabled':
      return [
        'The client that you created does not allow the sign-in by device code.',
        'Tick "Enable Device Flow" in its settings at the provider.',
      ];
    case 'invalid_scope':
      return ['The authorization server does not grant the scope that was asked for.', 'Check --scope.'];
    case 'invalid_target':
      return ['The authorization server does not know this container.', 'Check its URL and --resource.'];
    case undefined:
    default:
      return [
        'The authorization server refused the sign-in.',
        'Try again with `fairlead auth <name>`; ask whoever runs the container if it stays so.',
      ];
  }
}

function failed(message: string, help: string, cause: unknown): FairleadError {
  return new FairleadError('sign_in_failed', message, { help, cause });
}

function causes(thrown: unknown): unknown[] {
  const chain: unknown[] = [];
  for (let each = thrown; each !== undefined && chain.length < 6;) {
    chain.push(each);
    each = each instanceof Error ? each.cause : undefined;
  }
  return chain;
}

function ownError(thrown: unknown): FairleadError | undefined {
  return causes(thrown).find((each) => each instanceof FairleadError);
}

function responseOf(thrown: unknown): Response | undefined {
  if (thrown instanceof ResponseBodyError || thrown instanceof WWWAuthenticateChallengeError) {
    return thrown.response;
  }
  // A 200 that cannot be read is no refusal: what it granted is lost.
  return causes(thrown).find((each) => each instanceof Response && each.status !== 200) as
    Response | undefined;
}

/** RFC 9110 §10.2.3, in seconds; a date is not worth the trouble here. */
function retryAfterMs({ headers }: Response): number | undefined {
  const value = headers.get('retry-after');
  return value !== null && /^\d{1,5}$/.test(value) ? Number(value) * 1000 : undefined;
}
