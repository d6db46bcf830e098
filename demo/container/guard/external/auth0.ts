/** Tokens of an Auth0 tenant: JWTs for our API. */
import { jwtVerify, type JWTPayload } from 'jose';
import { isFaultOfToken } from '../../../tokens/access-token.ts';
import { createKeySet } from '../../../tokens/key-set.ts';
import type { Auth0Settings } from './config.ts';
import { claimedIssuer, type IdentityProvider } from './provider.ts';

export function createAuth0(settings: Auth0Settings): IdentityProvider {
  // Auth0's issuers end with a slash.
  const issuer = settings.issuer ?? `https://${settings.domain}/`;
  const keys = createKeySet(new URL('.well-known/jwks.json', issuer.endsWith('/') ? issuer : `${issuer}/`));

  return {
    issuer,
    scope: 'openid email mcp:tools',
    recognizes: (token) => claimedIssuer(token) === issuer,
    async identify(token) {
      try {
        const { payload } = await jwtVerify(token, keys, {
          algorithms: ['RS256', 'PS256', 'ES256'],
          issuer,
          audience: settings.audience,
          requiredClaims: ['sub', 'exp', 'iat'],
          clockTolerance: 5,
        });
        const { sub = '', exp } = payload;
        if (sub === '') return undefined;
        return {
          userId: `auth0:${sub}`,
          verifiedEmail: verifiedEmailOf(payload),
          permissions: permissionsOf(payload),
          expiresAt: exp,
        };
      } catch (thrown) {
        if (isFaultOfToken(thrown)) return undefined;
        throw thrown;
      }
    },
  };
}

function verifiedEmailOf({ email, email_verified: isVerified }: JWTPayload): string | undefined {
  return isVerified === true && typeof email === 'string' ? email : undefined;
}

/** With roles switched on for the API, its `permissions` are what the person may; `scope` is only what was asked for. */
function permissionsOf({ permissions, scope }: JWTPayload): readonly string[] {
  if (Array.isArray(permissions)) return permissions.filter((each) => typeof each === 'string');
  return typeof scope === 'string' ? scope.split(' ').filter((each) => each !== '') : [];
}
