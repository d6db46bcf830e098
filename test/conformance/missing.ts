/** Scenarios that are known to fail, and why. */

const idJag =
  'Enterprise-managed authorization, an extension. Both of its own checks fail; those that succeed are of an ordinary sign-in, which Fairlead tries instead and which is refused. Missing are the exchange of an ID token for an ID-JAG at the identity provider (RFC 8693), the grant that turns that into an access token (RFC 7523), options for the provider and our client there, and a way to be handed the ID token, as the scenario has nowhere to sign in for one.';

/** What Fairlead does not do, and what that would take. */
export const missing: ReadonlyMap<string, string> = new Map([
  ['auth/cross-app-access-complete-flow', idJag],
  ['auth/enterprise-managed-authorization', idJag],
  [
    'auth/wif-jwt-bearer',
    'Workload identity federation, an extension. Its own check fails: Fairlead tries an ordinary sign-in. Missing are the grant that turns a workload’s JWT into an access token (RFC 7523), and an option that says where such a JWT is kept.',
  ],
]);

/** What cannot be asked of a server behind stdio. */
export const notCarried: ReadonlyMap<string, string> = new Map([
  [
    'http-header-validation',
    'Headers end at the front, and stdio has none: it would be the front that is tested.',
  ],
  ['http-custom-header-server-validation', 'As above; Fairlead makes these headers anew, of the body.'],
]);
