/** The platform as its API shows it (docs/platform-api.md), and what Fairlead remembers of one. Nothing here is secret. */
import { z } from 'zod';
import { isLoopback } from './loopback.ts';

/** RFC 8414 §2: a user name, a query or a fragment has no place in it. */
const issuerForm = /^(https?):\/\/([^\s/?#@\\]+?)(?::\d+)?(?:\/[^\s?#\\]*)?$/i;

/** The issuer of a platform, in one form: without the lone slash at its end. */
export const platformIssuer = z
  .url({ protocol: /^https?$/, normalize: true })
  .refine(
    (issuer) => {
      const [, scheme, host = ''] = issuerForm.exec(issuer) ?? [];
      return scheme === 'https' || (scheme === 'http' && isLoopback(host));
    },
    { error: 'A platform is named by an https:// URL, or http:// for this machine.' },
  )
  .transform((issuer) => issuer.replace(/^(\w+:\/\/[^/]+)\/$/, '$1'));

/** The audience of the platform's own API, and the address below which its calls lie. */
export function platformApi(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/api/v1`;
}

export const platformGrant = z.enum(['code', 'device']);
export type PlatformGrant = z.infer<typeof platformGrant>;

/** The platform that was signed in to last, as `config.json` keeps it. */
export const platformSetting = z.object({
  issuer: platformIssuer,
  /** How the person signs in: a machine without a browser stays one. */
  grant: platformGrant.default('code'),
  /** Whose account it is; absent while nobody is signed in, or before the platform has said it. */
  email: z.string().optional(),
});
export type PlatformSetting = z.output<typeof platformSetting>;

/** A row of `users`: what `GET /me` answers. */
export const platformUser = z.object({ id: z.string(), email: z.string(), plan_tier: z.string() });
export type PlatformUser = z.infer<typeof platformUser>;
