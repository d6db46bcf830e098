/** Proof of possession (RFC 9449): that whoever sends a token holds the key it was given for. */
import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose';
import { createOnce } from './once.ts';

export const proofAlgorithms = ['ES256', 'EdDSA', 'Ed25519'];

/** How old a proof may be, and how far ahead its clock. */
const toleranceSeconds = 60;

export interface ProofOf {
  readonly method: string;
  /** What the request is sent to, as the sender names it. */
  readonly url: string;
  readonly accessToken: string;
  /** `cnf.jkt` of the access token. */
  readonly keyThumbprint: string;
}

export interface ProofChecker {
  /** Each proof counts once. */
  accepts(proof: string, of: ProofOf): Promise<boolean>;
}

export function createProofChecker(): ProofChecker {
  // §11.1. What is too old to be accepted need not be remembered.
  const isFirst = createOnce(3 * toleranceSeconds * 1_000);

  return {
    async accepts(proof, of) {
      try {
        const { payload, protectedHeader } = await jwtVerify(proof, EmbeddedJWK, {
          typ: 'dpop+jwt',
          algorithms: proofAlgorithms,
          requiredClaims: ['jti', 'htm', 'htu', 'ath'],
          maxTokenAge: toleranceSeconds,
          clockTolerance: toleranceSeconds,
        });
        const { jwk } = protectedHeader;
        const thumbprint = jwk === undefined ? '' : await calculateJwkThumbprint(jwk);
        const isBound =
          payload['htm'] === of.method &&
          isSameTarget(payload['htu'], of.url) &&
          payload['ath'] === createHash('sha256').update(of.accessToken).digest('base64url') &&
          thumbprint === of.keyThumbprint;
        return isBound && isFirst(`${thumbprint} ${payload.jti ?? ''}`);
      } catch {
        return false;
      }
    },
  };
}

/** §4.3: without query and fragment. */
function isSameTarget(claimed: unknown, url: string): boolean {
  if (typeof claimed !== 'string' || !URL.canParse(claimed)) return false;
  const [one, other] = [new URL(claimed), new URL(url)];
  return one.origin === other.origin && one.pathname === other.pathname;
}
