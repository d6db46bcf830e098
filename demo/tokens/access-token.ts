/** Reads the platform's access tokens for whoever takes them: signature, issuer, audience, and who holds the key. */
import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { readCredential, type Credential } from './credential.ts';
import { createProofChecker } from './dpop-proof.ts';

/** Signatures only: with `none` or a shared secret anybody who reads the public key could make a token. */
const algorithms = ['RS256', 'ES256', 'EdDSA', 'Ed25519'];
const clockToleranceSeconds = 5;

/** What of a request the verdict rests on. */
export interface Presented {
  readonly method: string;
  /** The `Authorization` header. */
  readonly authorization: string | undefined;
  /** The `DPoP` header (RFC 9449). */
  readonly proof: string | undefined;
}

/** @param target what proofs are made for; left out, the audience (the first of them) */
export type ReadAccessToken = (
  request: Presented,
  target?: string,
) => Promise<{ readonly claims: JWTPayload } | { readonly refused: 'missing' | 'invalid' }>;

/**
 * @param terms.audience asked anew each time, as a free port is not known before it is taken
 * @returns throws what `keys` throws where it says nothing of the token
 */
export function createAccessTokenReader(terms: {
  keys: JWTVerifyGetKey;
  issuer: string;
  audience: () => string | string[];
}): ReadAccessToken {
  const { keys, issuer, audience } = terms;
  const proofs = createProofChecker();

  const claimsOf = async (token: string): Promise<JWTPayload | undefined> => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms,
        issuer,
        audience: audience(),
        // RFC 9068 §4: an ID token of the same platform is no access token.
        typ: 'at+jwt',
        requiredClaims: ['exp', 'sub'],
        clockTolerance: clockToleranceSeconds,
      });
      return payload;
    } catch (thrown) {
      if (isFaultOfToken(thrown)) return undefined;
      throw thrown;
    }
  };

  /** A token that is bound to a key comes with a proof of it, and one that is not comes as Bearer. */
  const isPossessed = async (
    claims: JWTPayload,
    { scheme, value }: Credential,
    { method, proof, url }: { method: string; proof: string | undefined; url: string },
  ) => {
    const keyThumbprint = boundKey(claims);
    if (keyThumbprint === undefined) return scheme === 'bearer';
    if (scheme !== 'dpop' || proof === undefined) return false;
    return proofs.accepts(proof, { method, url, accessToken: value, keyThumbprint });
  };

  return async ({ method, authorization, proof }, target) => {
    const credential = readCredential(authorization);
    if (credential === undefined) return { refused: 'missing' };
    const claims = await claimsOf(credential.value);
    const url = target ?? [audience()].flat()[0] ?? '';
    if (claims === undefined || !(await isPossessed(claims, credential, { method, proof, url })))
      return { refused: 'invalid' };
    return { claims };
  };
}

/** RFC 7800. A `cnf` of a kind that we cannot check binds to a key that nobody has. */
function boundKey({ cnf }: JWTPayload): string | undefined {
  if (cnf === undefined) return undefined;
  return typeof cnf === 'object' && cnf !== null && 'jkt' in cnf && typeof cnf.jkt === 'string'
    ? cnf.jkt
    : '';
}

/** As opposed to keys that could not be fetched, which says nothing of the token. */
export function isFaultOfToken(thrown: unknown): boolean {
  return (
    thrown instanceof errors.JOSEError &&
    /^ERR_(JWT_|JWS_|JOSE_ALG_NOT_ALLOWED|JOSE_NOT_SUPPORTED|JWKS_(NO|MULTIPLE)_MATCHING)/.test(thrown.code)
  );
}
