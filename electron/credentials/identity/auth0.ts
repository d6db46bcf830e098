/** Auth0: access tokens (JWT) for an API of the tenant. */
import type { IdentityPreset } from './preset.ts';

export const auth0: IdentityPreset = {
  title: 'Auth0',
  // With the slash: it is part of the `iss` of its tokens.
  issuer: 'https://{domain}/',
  scope: 'openid email profile',
  presents: ['access', 'id'],
  browserParameters: {},
  takes: ['domain', 'audience'],
  // Without an audience its access tokens are opaque, for its own userinfo endpoint alone.
  needs: ['domain', 'audience'],
  secretFor: [],
  grant: () => 'code',
  create:
    'In the dashboard (https://manage.auth0.com) create an application of the type "Native" with the callback URL http://127.0.0.1:8976/callback, then give --client-id, --callback-port 8976, --domain with its domain and --audience with the identifier of the API that stands for the container.',
};
