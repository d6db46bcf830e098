/** Mode `external` of config.yaml: which identity providers' tokens are taken, and where those answer. */
import { z } from 'zod';
import { secureUrl } from '../settings.ts';

const clientId = z.string().min(1, 'give the client id that tokens are made for');

/** Endpoints are the providers' own unless named: for their doubles in tests, and for GitHub Enterprise. */
const google = z.strictObject({
  client_id: z.union([clientId, z.array(clientId).min(1)]),
  issuer: secureUrl.default('https://accounts.google.com'),
  jwks_url: secureUrl.default('https://www.googleapis.com/oauth2/v3/certs'),
  tokeninfo_url: secureUrl.default('https://oauth2.googleapis.com/tokeninfo'),
  userinfo_url: secureUrl.default('https://openidconnect.googleapis.com/v1/userinfo'),
});

const auth0 = z.strictObject({
  domain: z.string().regex(/^[a-z0-9.-]+(:\d+)?$/i, 'a domain is like mine.eu.auth0.com'),
  audience: z.string().min(1, 'give the identifier of your API'),
  issuer: secureUrl.optional(),
});

const github = z.strictObject({
  api_url: secureUrl.default('https://api.github.com'),
  issuer: secureUrl.default('https://github.com/login/oauth'),
  /** With both, tokens of other apps are refused; without, whoever has a token of the person's is let in as them. */
  client_id: clientId.optional(),
  client_secret_env: z.string().min(1, 'name the variable of the environment that has the secret').optional(),
});

export const externalMode = z.strictObject({
  mode: z.literal('external'),
  providers: z
    .strictObject({ google: google.optional(), auth0: auth0.optional(), github: github.optional() })
    .refine((providers) => Object.keys(providers).length > 0, 'name one of google, auth0 and github'),
  /** Only these may come in; left out, whoever the providers know. */
  tenants: z.array(z.string().min(1)).min(1).optional(),
  /** How long a provider's word counts before it is asked again: as long may a token live that it took back. */
  cache_seconds: z.number().min(0).max(3_600).default(60),
});
export type ExternalMode = z.infer<typeof externalMode>;
export type GoogleSettings = z.infer<typeof google>;
export type Auth0Settings = z.infer<typeof auth0>;
export type GitHubSettings = z.infer<typeof github>;
