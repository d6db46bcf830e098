/** Any OpenID Connect issuer, or an OAuth server with metadata, by its URL. */
import type { IdentityPreset } from './preset.ts';

export const anyIssuer: IdentityPreset = {
  title: 'The identity provider',
  issuer: '{provider}',
  scope: 'openid email profile',
  presents: ['access', 'id'],
  browserParameters: {},
  takes: ['audience'],
  needs: [],
  secretFor: [],
  grant: () => 'code',
  create:
    'There, create a native (public) application with the redirect URI http://127.0.0.1/callback, or with a port in it that you give with --callback-port where the provider compares it, then give its id with --client-id (and its secret, if it has one, with --client-secret-env).',
};
