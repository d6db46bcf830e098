/** The options of `--auth identity`, checked against what the provider wants, so that nobody finds out in the browser. */
import { FairleadError } from '../../shared/errors.ts';
import { presetOf, presets } from '../credentials/identity/identity-terms.ts';
import type { IdentityPreset } from '../credentials/identity/preset.ts';
import { readAddress } from './address.ts';

/** Those that no other way of entry has. */
export const identityOptions = [
  ['--provider <provider>', 'google, auth0, github, or the URL of an issuer (with --auth identity)'],
  ['--present <token>', "id or access: which of the provider's tokens the container gets"],
  ['--domain <domain>', "Auth0: the tenant's domain"],
  ['--audience <audience>', "Auth0: the identifier of the container's API"],
  ['--device-authorization-url <url>', "where the device grant begins, in place of the provider's own"],
] as const;

/** What people create at each provider, for `fairlead add --help`. */
export const identityHelp = [
  '\nWith --auth identity the container gets a token of an identity provider, for a client that you create there:',
  ...Object.entries(presets).map(([name, { create }]) => `  ${name}: ${create}`),
].join('\n');

export interface RawIdentity {
  provider?: string;
  present?: string;
  domain?: string;
  audience?: string;
  deviceAuthorizationUrl?: string;
}

/** What every way to sign in may be given, as commander hands it on. */
export interface RawSignIn {
  secretStdin?: boolean;
  clientId?: string;
  clientSecretEnv?: string;
  privateKey?: string;
  scope?: string;
  resource?: string;
  grant?: string;
  callbackPort?: string;
  assumeS256?: true;
  authorizationUrl?: string;
  tokenUrl?: string;
}

/** @throws FairleadError usage when one was given without `--auth identity` */
export function refuseIdentityOptions(raw: RawIdentity): void {
  for (const [flags] of identityOptions) {
    const [name = ''] = flags.split(' ');
    const key = name.slice(2).replace(/-(\w)/g, (_dash, letter: string) => letter.toUpperCase());
    if (Object.entries(raw).some(([option, value]) => option === key && value !== undefined))
      throw usage(`${name} goes with --auth identity.`);
  }
}

/**
 * @returns for the schema, which checks the form of each
 * @throws FairleadError usage, with what the person has to create at the provider where that is what is missing
 */
export function identityOf(raw: RawIdentity & RawSignIn): Record<string, unknown> {
  const { provider, clientId, scope, present, domain, audience, callbackPort } = raw;
  if (provider === undefined || !isProvider(provider))
    throw usage('--auth identity needs --provider: google, auth0, github, or the https:// URL of an issuer.');
  if (raw.privateKey !== undefined) throw usage('--private-key goes with --auth client-credentials.');
  if (raw.resource !== undefined)
    throw usage('--resource goes with --auth oauth.', 'Auth0 calls it --audience.');
  const preset = presetOf(provider);
  const hasSecret = raw.clientSecretEnv !== undefined || raw.secretStdin === true;
  const grant = raw.grant ?? preset.grant(hasSecret);
  const presents = present ?? preset.presents[0];
  if (grant === 'device' && callbackPort !== undefined)
    throw usage('--callback-port goes with --grant code.', 'No browser comes back with --grant device.');
  checkPresented(preset, presents, scope);
  if (clientId === undefined) throw usage(`${preset.title} wants a client of your own.`, preset.create);
  checkPlace(preset, { presents, domain, audience });
  checkEndpoints(raw, grant);
  // Elsewhere it may be otherwise.
  if (!hasSecret && raw.tokenUrl === undefined && preset.secretFor.some((each) => each === grant))
    throw usage(`${preset.title} wants a client secret for --grant ${grant}.`, preset.create);
  const { assumeS256, authorizationUrl, deviceAuthorizationUrl, tokenUrl } = raw;
  return {
    method: 'identity',
    ...{ provider, clientId, grant, present, scope, domain, audience, assumeS256 },
    ...{ authorizationUrl, deviceAuthorizationUrl, tokenUrl },
    ...(callbackPort !== undefined && { callbackPort: Number(callbackPort) }),
  };
}

function isProvider(provider: string): boolean {
  return presetOf(provider).issuer !== '{provider}' || readAddress(provider).status !== 'refused';
}

function checkPresented(preset: IdentityPreset, presents: string, scope: string | undefined): void {
  if (!preset.presents.some((each) => each === presents))
    throw usage(
      `${preset.title} takes --present ${[...preset.presents].sort().join(' or ')}.`,
      'Leave it out for the usual token.',
    );
  if (presents === 'id' && scope?.split(' ').includes('openid') === false)
    throw usage('There is no ID token without the scope openid.', 'Add it to --scope, or leave that out.');
}

function checkPlace(
  { title, takes, needs, create }: IdentityPreset,
  { presents, ...places }: { presents: string; domain: string | undefined; audience: string | undefined },
): void {
  for (const name of ['domain', 'audience'] as const) {
    if (places[name] !== undefined && !takes.includes(name))
      throw usage(`--${name} is not for this provider.`, 'Leave it out.');
    const isNeeded = needs.includes(name) && !(name === 'audience' && presents === 'id');
    if (places[name] === undefined && isNeeded) throw usage(`${title} needs --${name}.`, create);
  }
}

function checkEndpoints(raw: RawIdentity & RawSignIn, grant: string): void {
  const { authorizationUrl, deviceAuthorizationUrl, tokenUrl } = raw;
  if (tokenUrl === undefined) {
    if (authorizationUrl === undefined && deviceAuthorizationUrl === undefined) return;
    throw usage('--authorization-url and --device-authorization-url go with --token-url.');
  }
  const [option, begin] =
    grant === 'device'
      ? ['--device-authorization-url', deviceAuthorizationUrl]
      : ['--authorization-url', authorizationUrl];
  if (begin === undefined) throw usage(`--token-url goes with ${option} for --grant ${grant}.`);
}

function usage(message: string, help?: string): FairleadError {
  return new FairleadError('usage', message, { help });
}
