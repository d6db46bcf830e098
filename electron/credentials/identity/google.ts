/** Google: ID tokens by OpenID Connect, for a desktop client. */
import type { IdentityPreset } from './preset.ts';

export const google: IdentityPreset = {
  title: 'Google',
  issuer: 'https://accounts.google.com',
  scope: 'openid email profile',
  // An access token of Google's names no container: whoever gets it can use it at Google and at other containers.
  presents: ['id', 'access'],
  // Its way to a refresh token; without `prompt` there is one at the first sign-in only.
  browserParameters: { access_type: 'offline', prompt: 'consent' },
  takes: [],
  needs: [],
  // "Not confidential" for what is installed, in Google's words, and wanted all the same.
  secretFor: ['code', 'device'],
  grant: () => 'code',
  create:
    'At https://console.cloud.google.com/auth/clients create a client of the type "Desktop app" (for --grant device: "TVs and Limited Input devices"), then give its id with --client-id and its secret with --client-secret-env.',
};
