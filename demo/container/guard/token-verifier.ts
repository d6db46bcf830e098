/** Mode `token`: a Bearer secret whose hash stands in config.yaml. */
import type { StoredToken } from './config.ts';
import { readCredential } from '../../tokens/credential.ts';
import { matchToken } from './token-hash.ts';
import type { Verifier } from './verifier.ts';

/** @param readTokens the tokens as config.yaml has them now, so that creating and revoking need no restart */
export function createTokenVerifier(readTokens: () => Promise<readonly StoredToken[]>): Verifier {
  return {
    async verify({ authorization }) {
      const credential = readCredential(authorization);
      if (credential?.scheme !== 'bearer') return { admitted: false, reason: 'missing' };
      const token = matchToken(await readTokens(), credential.value);
      if (token === undefined) return { admitted: false, reason: 'invalid' };
      return { admitted: true, caller: { mode: 'token', token: token.name } };
    },
    async stillAdmits(caller) {
      const tokens = await readTokens();
      return caller.mode === 'token' && tokens.some((token) => token.name === caller.token);
    },
  };
}
