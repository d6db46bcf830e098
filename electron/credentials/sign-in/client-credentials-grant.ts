/** Machine to machine (RFC 6749 §4.4): a secret, or an assertion signed with a private key (RFC 7523). */
import { clientCredentialsGrant } from 'openid-client';
import type { Secret } from '../../runtime/secret.ts';
import { registerClient } from '../discovery/registration.ts';
import { readClientKey } from './client-key.ts';
import { dpopKeyFor, dpopOption, requestParameters, type Granted, type GrantTerms } from './grant.ts';
import { signInFailure } from './grant-failure.ts';
import { clientConfiguration } from './oauth-client.ts';

export interface MachineGrantTerms extends GrantTerms {
  readonly clientId: string;
  readonly proof: { readonly secret: Secret } | { readonly keyFile: string };
}

/** @throws FairleadError sign_in_failed, token_endpoint_unavailable, config_invalid, network errors, or the signal's reason */
export async function grantByClientCredentials(terms: MachineGrantTerms): Promise<Granted> {
  const { discovered, fetch, proof, signal } = terms;
  const { server } = discovered;
  try {
    const privateKey =
      'keyFile' in proof
        ? await readClientKey(proof.keyFile, server.token_endpoint_auth_signing_alg_values_supported)
        : undefined;
    const client = await registerClient({
      server,
      fetch,
      configured: {
        clientId: terms.clientId,
        clientSecret: 'secret' in proof ? proof.secret : undefined,
        hasPrivateKey: privateKey !== undefined,
      },
      metadataDocument: undefined,
      redirectUri: undefined,
    });
    const configuration = clientConfiguration({ server, client, fetch, privateKey });
    const dpopKey = dpopKeyFor(discovered);
    const dpop = await dpopOption(dpopKey, configuration);
    const tokens = await clientCredentialsGrant(configuration, requestParameters(terms), dpop);
    return { client, tokens, dpopKey };
  } catch (thrown) {
    signal.throwIfAborted();
    throw signInFailure(thrown);
  }
}
