/** The authorization code grant with PKCE, through the person's browser (OAuth 2.1 §4.1, RFC 8252). */
import {
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildAuthorizationUrlWithPAR,
  calculatePKCECodeChallenge,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import type { Discovered } from '../discovery/discovered.ts';
import { openCallback } from './callback.ts';
import {
  dpopKeyFor,
  dpopOption,
  presentsIdToken,
  requestParameters,
  resourceParameter,
  type Granted,
  type PersonalGrantTerms,
} from './grant.ts';
import { signInFailure } from './grant-failure.ts';
import { clientConfiguration } from './oauth-client.ts';
import { browserArgument } from './open-browser.ts';

export interface CodeGrantTerms extends PersonalGrantTerms {
  /** Configured for the callback; undefined: any. */
  readonly port: number | undefined;
  /** Of the last sign-in: a client that was registered with it need not be registered anew. */
  readonly preferredPort: number | undefined;
}

/**
 * Everything this sign-in may trust is fixed before the browser opens: the code goes to the token endpoint that was
 * discovered then, whatever the metadata says by the time it comes back.
 * @throws FairleadError sign_in_failed, token_endpoint_unavailable, address_refused, network errors, or the signal's reason
 */
export async function grantByCode(terms: CodeGrantTerms): Promise<Granted> {
  const { discovered, fetch, signal, port, preferredPort } = terms;
  const state = randomState();
  const callback = await openCallback({ port, preferredPort, state, signal });
  try {
    const client = await terms.register(callback.redirectUri);
    const keepsIdToken = presentsIdToken(discovered);
    const configuration = clientConfiguration({ server: discovered.server, client, fetch, keepsIdToken });
    const verifier = randomPKCECodeVerifier();
    // OpenID Connect Core §15.5.2: the ID token is of this sign-in and of no other.
    const nonce = keepsIdToken ? randomNonce() : undefined;
    const dpopKey = dpopKeyFor(discovered);
    const dpop = await dpopOption(dpopKey, configuration);
    const request = {
      ...discovered.identity?.browserParameters,
      ...requestParameters(terms),
      redirect_uri: callback.redirectUri,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      state,
      ...(nonce === undefined ? {} : { nonce }),
      // OpenID Connect Core §11: without it an issuer leaves offline_access out.
      ...(terms.scope?.split(' ').includes('offline_access') === true ? { prompt: 'consent' } : {}),
      // RFC 9449 §10: the code is of no use without the key.
      ...(dpop.DPoP === undefined ? {} : { dpop_jkt: await dpop.DPoP.calculateThumbprint() }),
    };
    const url = isPushed(discovered)
      ? await buildAuthorizationUrlWithPAR(configuration, request, dpop)
      : buildAuthorizationUrl(configuration, request);
    terms.show({ kind: 'browser', url: browserArgument(url), userCode: undefined });
    const answer = await callback.answer;
    signal.throwIfAborted();
    // RFC 9207 §2.4 compares it with the issuer in metadata; where there was none, ours is a guess from an endpoint.
    if (discovered.source !== 'metadata') answer.searchParams.delete('iss');
    // Compares `iss` (RFC 9207) and `state` before anything else of the answer is used.
    const tokens = await authorizationCodeGrant(
      configuration,
      answer,
      {
        expectedState: state,
        pkceCodeVerifier: verifier,
        ...(nonce === undefined ? {} : { expectedNonce: nonce }),
      },
      resourceParameter(discovered),
      dpop,
    );
    return { client, tokens, dpopKey };
  } catch (thrown) {
    signal.throwIfAborted();
    throw signInFailure(thrown);
  } finally {
    callback.close();
  }
}

/** RFC 9126 §5: some issuers take a request only from the client itself, and the browser gets a reference to it. */
function isPushed({ server }: Discovered): boolean {
  return (
    server.require_pushed_authorization_requests === true &&
    server.pushed_authorization_request_endpoint !== undefined
  );
}
