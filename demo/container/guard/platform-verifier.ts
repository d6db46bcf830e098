/** Mode `platform`: a JWT that the platform made for this container and its owner. */
import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose';
import { FairleadError } from '../../../shared/errors.ts';
import { readCredential, type Credential } from './credential.ts';
import { createProofChecker } from './dpop-proof.ts';
import type { PlatformTerms } from './platform-config.ts';
import { neededScope } from './protected-resource.ts';
import type { Presented, Refusal, Verifier } from './verifier.ts';

/** Signatures only: with `none` or a shared secret anybody who reads the public key could make a token. */
const algorithms = ['RS256', 'ES256', 'EdDSA', 'Ed25519'];
const clockToleranceSeconds = 5;

/** @param audience what tokens must be for; asked anew each time, as a free port is not known before it is taken */
export function createPlatformVerifier(terms: PlatformTerms, audience: () => string): Verifier {
  const keys = createRemoteJWKSet(terms.jwksUrl, {
    cacheMaxAge: 10 * 60_000,
    // A key we do not know may be new. Asked for at most once a second, however many such tokens come.
    cooldownDuration: 1_000,
    timeoutDuration: 5_000,
  });
  const proofs = createProofChecker();

  /** Nothing for a token that is not good. Throws `connect_failed` when there are no keys to say so by. */
  const readToken = async (token: string): Promise<JWTPayload | undefined> => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms,
        issuer: terms.issuer,
        audience: audience(),
        // RFC 9068 §4: an ID token of the same platform is no access token.
        typ: 'at+jwt',
        requiredClaims: ['exp', 'sub'],
        clockTolerance: clockToleranceSeconds,
      });
      return payload;
    } catch (cause) {
      if (isFaultOfToken(cause)) return undefined;
      throw new FairleadError('connect_failed', 'The keys of the platform cannot be read.', {
        help: 'Check auth.platform_jwks_url and that the platform runs.',
        cause,
      });
    }
  };

  /** A token that is bound to a key comes with a proof of it, and one that is not comes as Bearer. */
  const isPossessed = async (payload: JWTPayload, { scheme, value }: Credential, request: Presented) => {
    const keyThumbprint = boundKey(payload);
    if (keyThumbprint === undefined) return scheme === 'bearer';
    if (scheme !== 'dpop' || request.proof === undefined) return false;
    const { method, proof } = request;
    return proofs.accepts(proof, { method, url: audience(), accessToken: value, keyThumbprint });
  };

  return {
    async verify(request) {
      const credential = readCredential(request.authorization);
      if (credential === undefined) return refused('missing');
      const payload = await readToken(credential.value);
      if (payload === undefined || !(await isPossessed(payload, credential, request)))
        return refused('invalid');
      if (payload.sub !== terms.userId) return refused('forbidden');
      const scopes = textOf(payload['scope']).split(' ');
      if (!scopes.includes(neededScope)) return refused('insufficient_scope');
      return { admitted: true, caller: { mode: 'platform', userId: payload.sub, scopes } };
    },
    stillAdmits: (caller) => Promise.resolve(caller.mode === 'platform' && caller.userId === terms.userId),
  };
}

function refused(reason: Refusal): { admitted: false; reason: Refusal } {
  return { admitted: false, reason };
}

/** RFC 7800. A `cnf` of a kind that we cannot check binds to a key that nobody has. */
function boundKey({ cnf }: JWTPayload): string | undefined {
  if (cnf === undefined) return undefined;
  return typeof cnf === 'object' && cnf !== null && 'jkt' in cnf ? textOf(cnf.jkt) : '';
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** As opposed to keys that could not be fetched, which says nothing of the token. */
function isFaultOfToken(thrown: unknown): boolean {
  return (
    thrown instanceof errors.JOSEError &&
    /^ERR_(JWT_|JWS_|JOSE_ALG_NOT_ALLOWED|JOSE_NOT_SUPPORTED|JWKS_(NO|MULTIPLE)_MATCHING)/.test(thrown.code)
  );
}
