/** What the person's configuration says about signing in, in the one form that discovery needs. */
import type { AuthorizationServer } from 'oauth4webapi';
import type { Container } from '../../../shared/container.ts';
import { FairleadError } from '../../../shared/errors.ts';
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
  /** Every address that the person gave. What is discovered may be as private as these. */
  readonly configured: readonly URL[];
}

/** @throws FairleadError `usage` for a container that is entered without OAuth, `config_invalid` for a bad endpoint */
export function signInTerms({ url: address, auth }: Container): SignInTerms {
  if (auth.method !== 'oauth' && auth.method !== 'client_credentials') {
    throw new FairleadError('usage', 'This container is entered without signing in.');
  }
  const url = new URL(address);
  url.hash = '';
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
    configured: [url, authorizationUrl, tokenUrl].filter((each) => each !== undefined),
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
