/** How a container is entered, read from the options of `fairlead add`. */
import { resolve } from 'node:path';
import { authentication, type Authentication } from '../../shared/container.ts';
import { FairleadError } from '../../shared/errors.ts';
import { readAddress } from './address.ts';
import { identityOf, refuseIdentityOptions, type RawIdentity, type RawSignIn } from './identity-options.ts';

/** What only a sign-in, or a machine's own, has. */
export const signInOptions = [
  ['--client-id <id>', "id of an OAuth client of one's own"],
  ['--client-secret-env <variable>', 'take its secret from this environment variable'],
  ['--private-key <file>', 'PEM or JWK file that the client proves itself with'],
  ['--scope <scopes>', 'ask for these scopes, and no others'],
  ['--resource <url>', 'resource indicator (RFC 8707), in place of the discovered one'],
  ['--grant <grant>', 'code or device (default: code)'],
  ['--callback-port <port>', 'port that the browser comes back to (default: any free one)'],
  ['--assume-s256', 'the issuer supports PKCE with S256 without saying so'],
  ['--authorization-url <url>', 'where to sign in, for servers without metadata'],
  ['--token-url <url>', 'where to get tokens, for servers without metadata'],
] as const;

export interface RawAuth extends RawIdentity, RawSignIn {
  auth?: string;
  header?: string;
  secretEnv?: string;
}

/** @throws FairleadError usage */
export function authOf(raw: RawAuth, cwd: string): Authentication | undefined {
  const givesKey = raw.header !== undefined || raw.secretEnv !== undefined || raw.secretStdin === true;
  const byKey: Authentication = { method: 'api_key', header: raw.header ?? 'Authorization' };
  const signsIn = ['oauth', 'identity', 'client-credentials'].includes(raw.auth ?? '');
  if (raw.auth !== 'identity') refuseIdentityOptions(raw);
  if (!signsIn && raw.auth !== 'platform' && oauthGiven(raw))
    throw usage(
      'These options go with --auth identity, --auth oauth or --auth client-credentials.',
      'Give one of them too.',
    );
  if (signsIn) refuseKey(raw);
  switch (raw.auth) {
    case undefined:
      return givesKey ? byKey : undefined;
    case 'none':
      if (givesKey)
        throw usage('--auth none goes with no header and no secret.', 'Leave it out, or use --auth api-key.');
      return { method: 'none' };
    case 'api-key':
      return byKey;
    case 'oauth':
      return oauthOf(raw);
    case 'client-credentials':
      return machineOf(raw, cwd);
    case 'platform':
      return platformOf(raw);
    case 'identity':
      return checked(given(identityOf(raw)));
    default:
      throw usage('--auth takes none or api-key, platform, oauth, identity or client-credentials.');
  }
}

/** What a container that is signed in to takes no part of. Its only secret is that of its OAuth client. */
function refuseKey(raw: RawAuth): void {
  if (raw.header !== undefined) throw usage('--header goes with --auth api-key alone.');
  if (raw.secretEnv !== undefined)
    throw usage(
      '--secret-env goes with --auth api-key alone.',
      "Name the variable of an OAuth client's secret with --client-secret-env.",
    );
  if (raw.clientId === undefined && givesClientSecret(raw))
    throw usage('A client secret goes with --client-id.', 'Give the id of the client that it belongs to.');
}

function givesClientSecret({ clientSecretEnv, secretStdin }: RawAuth): boolean {
  return clientSecretEnv !== undefined || secretStdin === true;
}

function oauthOf(raw: RawAuth): Authentication {
  if (raw.privateKey !== undefined) throw usage('--private-key goes with --auth client-credentials.');
  if ((raw.authorizationUrl === undefined) !== (raw.tokenUrl === undefined))
    throw usage('--authorization-url and --token-url go together.');
  if (raw.grant === 'device' && raw.callbackPort !== undefined)
    throw usage('--callback-port goes with --grant code.', 'No browser comes back with --grant device.');
  const { clientId, scope, resource, grant, callbackPort, assumeS256, authorizationUrl, tokenUrl } = raw;
  return checked({
    method: 'oauth',
    grant: grant ?? 'code',
    ...given({ clientId, scope, resource, assumeS256, authorizationUrl, tokenUrl }),
    ...(callbackPort !== undefined && { callbackPort: Number(callbackPort) }),
  });
}

function platformOf(raw: RawAuth): Authentication {
  const { scope } = raw;
  if (raw.header !== undefined || raw.secretEnv !== undefined || raw.secretStdin === true)
    throw usage('--auth platform goes with no header and no secret: the platform issues its tokens.');
  if (oauthGiven({ ...raw, scope: undefined }))
    throw usage('--auth platform takes --scope alone: `fairlead login` is where you sign in.');
  return checked({ method: 'platform_token', ...given({ scope }) });
}

function machineOf(raw: RawAuth, cwd: string): Authentication {
  const { clientId, scope, resource, tokenUrl, privateKey } = raw;
  if (clientId === undefined) throw usage('--auth client-credentials needs --client-id.');
  if ([raw.grant, raw.callbackPort, raw.assumeS256, raw.authorizationUrl].some((each) => each !== undefined))
    throw usage('Nobody signs in with --auth client-credentials: leave out the options of --auth oauth.');
  if (givesClientSecret(raw) === (privateKey !== undefined))
    throw usage('--auth client-credentials needs either a client secret or --private-key.');
  return checked({
    method: 'client_credentials',
    clientId,
    ...given({ scope, resource, tokenUrl }),
    ...(privateKey !== undefined && { privateKey: resolve(cwd, privateKey) }),
  });
}

function checked(auth: Record<string, unknown>): Authentication {
  for (const name of ['authorizationUrl', 'deviceAuthorizationUrl', 'tokenUrl']) {
    const address = auth[name];
    const reading = typeof address === 'string' ? readAddress(address) : undefined;
    if (reading?.status === 'refused')
      throw usage(`${optionOf(name)} does not take that. ${reading.problem}`);
  }
  // RFC 8707 §2.
  const { resource } = auth;
  if (typeof resource === 'string' && resource.includes('#'))
    throw usage('--resource takes no address with a fragment.');
  const parsed = authentication.safeParse(auth);
  if (parsed.success) return parsed.data;
  const key = String(parsed.error.issues[0]?.path[0]);
  throw usage(`${optionOf(key)} does not take that.`, 'Run it with --help to see how it is used.');
}

function optionOf(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

function given(options: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function oauthGiven(raw: { [Name in keyof RawAuth]: RawAuth[Name] | undefined }): boolean {
  const { clientId, clientSecretEnv, privateKey, scope, resource, grant, callbackPort } = raw;
  const { assumeS256, authorizationUrl, tokenUrl } = raw;
  const all = { clientId, clientSecretEnv, privateKey, scope, resource, grant, callbackPort };
  return Object.keys(given({ ...all, assumeS256, authorizationUrl, tokenUrl })).length > 0;
}

function usage(message: string, help?: string): FairleadError {
  return new FairleadError('usage', message, { help });
}
