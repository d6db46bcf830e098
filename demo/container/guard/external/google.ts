/** Tokens of Google: ID tokens by its keys, access tokens by what its endpoints say of them. */
import { jwtVerify } from 'jose';
import { z } from 'zod';
import { FairleadError } from '../../../../shared/errors.ts';
import { isFaultOfToken } from '../../../tokens/access-token.ts';
import { fetchJson, type JsonAnswer } from '../../../tokens/fetch-json.ts';
import { createKeySet } from '../../../tokens/key-set.ts';
import type { GoogleSettings } from './config.ts';
import { isGitHubToken } from './github.ts';
import { allPermissions, claimedIssuer, type Identity, type IdentityProvider } from './provider.ts';

/** Some of its endpoints write booleans and numbers as text. */
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
const person = z.object({
  sub: z.string().min(1),
  email: z.string().optional(),
  email_verified: flag.optional(),
});
const tokenInfo = z.object({ aud: z.string(), sub: z.string().optional(), exp: z.coerce.number() });

export function createGoogle(settings: GoogleSettings): IdentityProvider {
  const { issuer } = settings;
  // Google writes its issuer in two ways.
  const issuers = [issuer, issuer.replace(/^https:\/\//, '')];
  const clientIds = [settings.client_id].flat();
  const keys = createKeySet(new URL(settings.jwks_url));

  const byIdToken = async (token: string): Promise<Identity | undefined> => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ['RS256', 'ES256'],
        issuer: issuers,
        audience: clientIds,
        requiredClaims: ['sub', 'exp', 'iat'],
        clockTolerance: 5,
      });
      return identityOf(person.parse(payload), payload.exp);
    } catch (thrown) {
      if (isFaultOfToken(thrown) || thrown instanceof z.ZodError) return undefined;
      throw thrown;
    }
  };

  /** Userinfo answers whichever app the token was made for, so that one must be asked of tokeninfo first. */
  const byAccessToken = async (token: string): Promise<Identity | undefined> => {
    const info = tokenInfo.safeParse(
      bodyOf(
        await fetchJson(new URL(settings.tokeninfo_url), {
          method: 'POST',
          body: new URLSearchParams({ access_token: token }),
        }),
      ),
    );
    if (!info.success || !clientIds.includes(info.data.aud) || info.data.exp * 1_000 <= Date.now())
      return undefined;
    const answer = await fetchJson(new URL(settings.userinfo_url), {
      headers: { authorization: `Bearer ${token}` },
    });
    const known = person.safeParse(bodyOf(answer));
    if (!known.success || (info.data.sub !== undefined && info.data.sub !== known.data.sub)) return undefined;
    return identityOf(known.data, info.data.exp);
  };

  return {
    issuer,
    scope: 'openid email',
    recognizes(token) {
      const claimed = claimedIssuer(token);
      return claimed === undefined ? !isGitHubToken(token) : issuers.includes(claimed);
    },
    identify: (token) => (claimedIssuer(token) === undefined ? byAccessToken(token) : byIdToken(token)),
  };
}

function identityOf(
  { sub, email, email_verified: isVerified }: z.infer<typeof person>,
  expiresAt: number | undefined,
): Identity {
  return {
    userId: `google:${sub}`,
    verifiedEmail: isVerified === true ? email : undefined,
    permissions: allPermissions,
    expiresAt,
  };
}

/** @returns nothing where the token is refused. Throws `connect_failed` where that says nothing of the token. */
function bodyOf({ status, body }: JsonAnswer): unknown {
  if (status === 200) return body;
  if (status === 400 || status === 401 || status === 403) return undefined;
  throw new FairleadError('connect_failed', 'Google does not say whose a token is.');
}
