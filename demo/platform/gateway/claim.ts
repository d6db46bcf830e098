/** What the gateway tells a container of who calls: a JWT made for one request. */
import { importJWK, SignJWT } from 'jose';
import { names } from '../../tokens/names.ts';
import { userClaimSeconds, userClaimType } from '../../tokens/user-claim.ts';
import type { SigningKeys } from '../keys.ts';

/** @param terms.keys asked anew each time, as they are replaced */
export function createClaimSigner(terms: {
  keys: () => SigningKeys;
  issuer: string;
}): (of: { userId: string; containerId: string }) => Promise<string> {
  return async ({ userId, containerId }) => {
    const jwk = terms.keys().keys.find(({ alg }) => alg === 'ES256');
    if (jwk?.kid === undefined) throw new Error('no key that signs');
    return new SignJWT()
      .setProtectedHeader({ alg: 'ES256', kid: jwk.kid, typ: userClaimType })
      .setIssuer(terms.issuer)
      .setAudience(names.container(containerId))
      .setSubject(userId)
      .setIssuedAt()
      .setExpirationTime(`${userClaimSeconds}s`)
      .setJti(crypto.randomUUID())
      .sign(await importJWK(jwk, 'ES256'));
  };
}
