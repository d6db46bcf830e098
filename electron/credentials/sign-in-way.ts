/** How a sign-in to a container would go, as discovery finds it. Nothing is sent to the issuer's endpoints. */
import type { Container } from '../../shared/container.ts';
import type { SignInWay } from './broker.ts';
import type { Discovered } from './discovery/discovered.ts';
import { clientWithoutRegistering } from './discovery/registration.ts';

/** @param metadataDocument our id at issuers that read such documents; undefined: not to be used */
export function signInWay(
  { auth }: Container,
  { server, source }: Discovered,
  metadataDocument: string | undefined,
): SignInWay {
  const clientId = 'clientId' in auth ? auth.clientId : undefined;
  const proof = { clientSecret: undefined, hasPrivateKey: auth.method === 'client_credentials' };
  const configured = clientId === undefined ? undefined : { clientId, ...proof };
  const known = clientWithoutRegistering({ server, configured, metadataDocument })?.source;
  const otherwise = server.registration_endpoint === undefined ? 'none' : 'registered';
  return {
    issuer: server.issuer,
    source,
    registration: known ?? otherwise,
    advertisesS256: server.code_challenge_methods_supported?.includes('S256') === true,
  };
}
