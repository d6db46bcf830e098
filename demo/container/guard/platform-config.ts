/** Mode `platform` of config.yaml: which platform's tokens are taken, and whose. */
import { z } from 'zod';
import { secureUrl } from './settings.ts';

const jwksPath = '/.well-known/jwks.json';

export const platformMode = z.strictObject({
  mode: z.literal('platform'),
  platform_jwks_url: secureUrl,
  expected_user_id: z.string().min(1, 'give the id of the user whose container this is'),
  platform_issuer: secureUrl.optional(),
  audience: secureUrl.optional(),
});
export type PlatformMode = z.infer<typeof platformMode>;

export interface PlatformTerms {
  readonly jwksUrl: URL;
  /** Who may come in: the `sub` of their tokens. */
  readonly userId: string;
  readonly issuer: string;
  /** What tokens must be for; left out, the URL that the container listens at. */
  readonly audience: string | undefined;
}

export function platformTerms(mode: PlatformMode): PlatformTerms {
  const jwksUrl = new URL(mode.platform_jwks_url);
  return {
    jwksUrl,
    userId: mode.expected_user_id,
    issuer: mode.platform_issuer ?? issuerOf(mode.platform_jwks_url),
    audience: mode.audience,
  };
}

/** A platform keeps its keys below its issuer (docs/platform-api.md); one that does not has to be named. */
function issuerOf(jwksUrl: string): string {
  return jwksUrl.endsWith(jwksPath) ? jwksUrl.slice(0, -jwksPath.length) : new URL(jwksUrl).origin;
}
