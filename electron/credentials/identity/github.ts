/** GitHub: access tokens by OAuth 2.0. No OpenID Connect, no metadata that can be relied on, no revocation by RFC 7009. */
import type { IdentityPreset } from './preset.ts';

const issuer = 'https://github.com/login/oauth';

export const github: IdentityPreset = {
  title: 'GitHub',
  issuer,
  server: {
    issuer,
    authorization_endpoint: 'https://github.com/login/oauth/authorize',
    token_endpoint: 'https://github.com/login/oauth/access_token',
    device_authorization_endpoint: 'https://github.com/login/device/code',
    token_endpoint_auth_methods_supported: ['client_secret_post'],
  },
  scope: 'read:user user:email',
  presents: ['access'],
  browserParameters: {},
  takes: [],
  needs: [],
  secretFor: ['code'],
  grant: (hasSecret) => (hasSecret ? 'code' : 'device'),
  create:
    'At https://github.com/settings/developers create an OAuth app with the callback URL http://127.0.0.1/callback and "Enable Device Flow" ticked, then give its id with --client-id. To sign in by browser instead, generate a client secret there too and give it with --client-secret-env.',
};
