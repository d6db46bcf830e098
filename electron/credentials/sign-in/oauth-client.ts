/** An issuer and how we are known to it, as openid-client wants them. */
import * as openid from 'openid-client';
import {
  ClientSecretPost,
  Configuration,
  customFetch,
  None,
  PrivateKeyJwt,
  type ClientAuth,
  type CryptoKey,
  type ServerMetadata,
} from 'openid-client';
import { FairleadError } from '../../../shared/errors.ts';
import { meansLoopback } from '../../../shared/loopback.ts';
import type { ClientRegistration, GuardedFetch } from '../discovery/discovered.ts';
import { conformingAnswer } from './token-answer.ts';

/**
 * The library marks it deprecated to make it stand out: it is for issuers on this machine, and nothing else gets as
 * far as using it (`hasPlainEndpoint`).
 */
const plain: { allowInsecureRequests: (configuration: Configuration) => void } = openid;

/** For one request, the reading of its answer included. `fetch` has limits of its own. */
const timeoutSeconds = 15;

/**
 * @param terms.privateKey for private_key_jwt
 * @param terms.keepsIdToken it is wanted, and so the library validates it; default: it is dropped unread
 * @throws FairleadError discovery_refused for an endpoint that is neither https nor on this machine
 */
export function clientConfiguration(terms: {
  server: ServerMetadata;
  client: ClientRegistration;
  fetch: GuardedFetch;
  privateKey?: CryptoKey | undefined;
  keepsIdToken?: boolean;
}): Configuration {
  const { server, client, fetch, keepsIdToken = false } = terms;
  const configuration = new Configuration(
    server,
    client.clientId,
    undefined,
    authenticationOf(client, terms.privateKey),
  );
  configuration.timeout = timeoutSeconds;
  configuration[customFetch] = async (url, { method, headers, body, signal }) =>
    conformingAnswer(
      await fetch(url, {
        method,
        headers,
        body: body instanceof URLSearchParams ? body : bodyText(body),
        signal,
      }),
      keepsIdToken,
    );
  if (hasPlainEndpoint(server)) plain.allowInsecureRequests(configuration);
  return configuration;
}

function authenticationOf(client: ClientRegistration, privateKey: CryptoKey | undefined): ClientAuth {
  const secret = client.clientSecret?.reveal();
  if (client.authMethod === 'private_key_jwt' && privateKey !== undefined) return PrivateKeyJwt(privateKey);
  if (secret === undefined || secret === '') return None();
  return client.authMethod === 'client_secret_post' ? ClientSecretPost(secret) : clientSecretBasic(secret);
}

/**
 * RFC 6749 §2.3.1 has id and secret form-encoded first, which many issuers never undo. openid-client encodes dashes
 * too, as that allows; here what needs no encoding is left alone, so that most ids and secrets look the same either way.
 */
function clientSecretBasic(secret: string): ClientAuth {
  return (...[, { client_id }, , headers]) => {
    const credentials = `${encodeURIComponent(client_id)}:${encodeURIComponent(secret)}`;
    headers.set('authorization', `Basic ${Buffer.from(credentials).toString('base64')}`);
  };
}

/** openid-client sends forms, and text where it has encoded one itself. */
function bodyText(body: unknown): string | null {
  return typeof body === 'string' ? body : null;
}

/** Whether any endpoint that requests go to is http, which openid-client allows for all of them or for none. */
function hasPlainEndpoint(server: ServerMetadata): boolean {
  const endpoints = [
    server.authorization_endpoint,
    server.token_endpoint,
    server.device_authorization_endpoint,
    server.revocation_endpoint,
  ];
  const unprotected = endpoints
    .filter((each) => each?.startsWith('https:') === false)
    .map((each) => new URL(each ?? ''));
  for (const url of unprotected) {
    if (url.protocol === 'http:' && meansLoopback(url.hostname)) continue;
    throw new FairleadError('discovery_refused', 'The authorization server has an endpoint without TLS.', {
      help: 'Ask whoever runs it to serve it by https.',
    });
  }
  return unprotected.length > 0;
}
