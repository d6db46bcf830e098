/** Mode `token`: a Bearer secret whose hash stands in config.yaml. */
import type { StoredToken } from './config.ts';
import { matchToken } from './token-hash.ts';
import type { Verifier } from './verifier.ts';

/** @param readTokens the tokens as config.yaml has them now, so that creating and revoking need no restart */
export function createTokenVerifier(readTokens: () => Promise<readonly StoredToken[]>): Verifier {
  return {
    async verify(authorization) {
      const credential = bearerCredential(authorization);
      if (credential === undefined) return { admitted: false, reason: 'missing' };
      const token = matchToken(await readTokens(), credential);
      if (token === undefined) return { admitted: false, reason: 'invalid' };
      return { admitted: true, caller: { mode: 'token', token: token.name } };
    },
    async stillAdmits(caller) {
      const tokens = await readTokens();
      return caller.mode === 'token' && tokens.some((token) => token.name === caller.token);
    },
  };
}

/** RFC 6750 §2.1; the scheme's name is case-insensitive (RFC 9110 §11.1). */
function bearerCredential(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}
