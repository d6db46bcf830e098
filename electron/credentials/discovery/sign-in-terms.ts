/** What the person's configuration says about signing in, in the one form that discovery needs. */
import type { AuthorizationServer } from 'oauth4webapi';
import type { Container, IdentityAuthentication } from '../../../shared/container.ts';
import { FairleadError } from '../../../shared/errors.ts';
import { identityTerms, issuerOf, serverKnown, type IdentityTerms } from '../identity/identity-terms.ts';
import { browserUrl } from './discovered-url.ts';

export interface SignInTerms {
  /** The container's address, without a fragment. */
  readonly url: URL;
  readonly needs: 'code' | 'device' | 'client_credentials';
  readonly scope: string | undefined;
  readonly resource: string | undefined;
  readonly assumeS256: boolean;
  /** The server that the person described; nothing is discovered then. */
  readonly explicit: AuthorizationServer | undefined;
  /** The issuer that the person named; the container is not asked for one then. */
  readonly issuer: string | undefined;
  readonly identity: IdentityTerms | undefined;
  /** Every address that the person gave. What is discovered may be as private as these. */
  readonly configured: readonly URL[];
}

/** @throws FairleadError `usage` for a container that is entered without OAuth, `config_invalid` for a bad endpoint */
export function signInTerms({ url: address, auth }: Container): SignInTerms {
  const url = new URL(address);
  url.hash = '';
  if (auth.method === 'identity') return identitySignInTerms(url, auth);
  if (auth.method !== 'oauth' && auth.method !== 'client_credentials') {
    throw new FairleadError('usage', 'This container is entered without signing in.');
  }
  const authorizationUrl = endpointOf(
    '--authorization-url',
    auth.method === 'oauth' && auth.authorizationUrl,
  );
  const tokenUrl = endpointOf('--token-url', auth.tokenUrl);
  return {
    url,
    needs: auth.method === 'oauth' ? auth.grant : 'client_credentials',
    scope: auth.scope,
    resource: auth.resource,
    assumeS256: auth.method === 'oauth' && auth.assumeS256 === true,
    explicit: tokenUrl && {
      issuer: (authorizationUrl ?? tokenUrl).origin,
      ...(authorizationUrl && { authorization_endpoint: authorizationUrl.href }),
      token_endpoint: tokenUrl.href,
    },
    issuer: undefined,
    identity: undefined,
    configured: [url, authorizationUrl, tokenUrl].filter((each) => each !== undefined),
  };
}

/** The container has no part in it: nothing that is found may be as private as the container is. */
function identitySignInTerms(url: URL, auth: IdentityAuthentication): SignInTerms {
  const authorization = endpointOf('--authorization-url', auth.authorizationUrl);
  const device = endpointOf('--device-authorization-url', auth.deviceAuthorizationUrl);
  const token = endpointOf('--token-url', auth.tokenUrl);
  const issuer = issuerOf(auth);
  const configured = [endpointOf('--provider', issuer), authorization, device, token];
  return {
    url,
    needs: auth.grant,
    scope: auth.scope,
    resource: undefined,
    assumeS256: auth.assumeS256 === true,
    explicit: serverKnown(auth, { authorization, device, token }),
    issuer,
    identity: identityTerms(auth),
    configured: configured.filter((each) => each !== undefined),
  };
}

/** The person may give what a server may not: a place on this machine. */
function endpointOf(option: string, text: string | false | undefined): URL | undefined {
  if (text === undefined || text === false) return undefined;
  const reading = browserUrl(text, URL.canParse(text) ? [new URL(text)] : []);
  if (reading.status === 'ok') return reading.url;
  throw new FairleadError(
    'config_invalid',
    `The address given with ${option} cannot be used. ${reading.problem}`,
    {
      help: 'Give an https:// address, or http:// for this machine.',
    },
  );
}
