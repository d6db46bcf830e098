/** What the platform says of the user with each request to a container that it hosts: a JWT of its own, for a minute. */
import { jwtVerify, type JWTVerifyGetKey } from 'jose';
import { isFaultOfToken } from './access-token.ts';
import { names } from './names.ts';
import { createOnce } from './once.ts';

export const userClaimHeader = 'x-platform-user';
export const userClaimType = 'platform-user+jwt';
export const userClaimSeconds = 60;
const clockToleranceSeconds = 5;

/** @returns the user's id, or `undefined` for a claim that is not good, or was seen before; throws what `keys` throws */
export function createUserClaimReader(terms: {
  keys: JWTVerifyGetKey;
  issuer: string;
  containerId: string;
}): (claim: string) => Promise<string | undefined> {
  const isFirst = createOnce((userClaimSeconds + 2 * clockToleranceSeconds) * 1_000);

  return async (claim) => {
    try {
      const { payload, protectedHeader } = await jwtVerify(claim, terms.keys, {
        algorithms: ['ES256'],
        typ: userClaimType,
        issuer: terms.issuer,
        audience: names.container(terms.containerId),
        requiredClaims: ['sub', 'iat', 'exp', 'jti'],
        // Whatever `exp` says: what is older could be sent again after we forgot it.
        maxTokenAge: userClaimSeconds,
        clockTolerance: clockToleranceSeconds,
      });
      const { sub = '', jti = '', aud } = payload;
      if (sub === '' || jti === '' || Array.isArray(aud) || protectedHeader.kid === undefined)
        return undefined;
      return isFirst(jti) ? sub : undefined;
    } catch (thrown) {
      if (isFaultOfToken(thrown)) return undefined;
      throw thrown;
    }
  };
}
