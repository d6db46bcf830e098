/** How Fairlead becomes known to an issuer: as configured, by its metadata document, or by registering (RFC 7591). */
import {
  allowInsecureRequests,
  customFetch,
  dynamicClientRegistrationRequest,
  processDynamicClientRegistrationResponse,
  type AuthorizationServer,
} from 'oauth4webapi';
import { FairleadError } from '../../../shared/errors.ts';
import { Secret } from '../../runtime/secret.ts';
import type { ClientRegistration, GuardedFetch } from './discovered.ts';

/** Our own client ID metadata document (docs/client-metadata.json, published there), which is our id as well. */
export const clientMetadataUrl = 'https://fairlead.dev/client.json';

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code';

export interface ConfiguredClient {
  readonly clientId: string;
  readonly clientSecret: Secret | undefined;
  /** It proves itself with a key (RFC 7523). */
  readonly hasPrivateKey: boolean;
}

/**
 * @param terms.configured what the person gave; comes first, or in place of our document if it is another one's address
 * @param terms.metadataDocument our id where the issuer takes such (clientMetadataUrl); undefined: not to be used
 * @param terms.redirectUri where the browser will come back to; undefined for a grant without a browser
 * @param terms.scope registered for, where an issuer keeps clients to that; a step-up may need to register anew
 * @throws FairleadError registration_failed, and what the guarded fetch throws
 */
export async function registerClient(terms: {
  server: AuthorizationServer;
  fetch: GuardedFetch;
  configured: ConfiguredClient | undefined;
  metadataDocument: string | undefined;
  redirectUri: string | undefined;
  scope?: string | undefined;
  signal?: AbortSignal;
}): Promise<ClientRegistration> {
  const { server, redirectUri } = terms;
  const unregistered = clientWithoutRegistering(terms);
  if (unregistered !== undefined) return unregistered;
  if (server.registration_endpoint === undefined)
    throw notRegistered('lets no program register itself', redirectUri);
  return register({ ...terms, server });
}

/** @returns undefined where we have to register (RFC 7591) */
export function clientWithoutRegistering(terms: {
  server: AuthorizationServer;
  configured: ConfiguredClient | undefined;
  metadataDocument: string | undefined;
}): ClientRegistration | undefined {
  const { server, configured } = terms;
  const isDocument = configured !== undefined && isMetadataDocument(configured);
  if (configured !== undefined && !isDocument) return asConfigured(server, configured);
  const clientId = configured?.clientId ?? terms.metadataDocument;
  if (clientId !== undefined && server['client_id_metadata_document_supported'] === true) {
    return {
      issuer: server.issuer,
      clientId,
      clientSecret: undefined,
      authMethod: 'none',
      source: 'metadata_document',
      redirectUri: undefined,
    };
  }
  // Some issuers read such documents, or know this one, without saying so.
  return isDocument && server.registration_endpoint === undefined
    ? asConfigured(server, configured)
    : undefined;
}

/**
 * Whether an id is the address of a client ID metadata document (its draft's §3). Such a document can agree on no
 * secret (§4.1): with one, it is the id of a client that was registered.
 */
function isMetadataDocument({ clientId, clientSecret, hasPrivateKey }: ConfiguredClient): boolean {
  if (clientSecret !== undefined || hasPrivateKey || !URL.canParse(clientId)) return false;
  const { href, protocol, pathname, username, password, hash } = new URL(clientId);
  const isPlain = href === clientId && username === '' && password === '' && hash === '';
  return protocol === 'https:' && pathname !== '/' && isPlain;
}

function asConfigured(server: AuthorizationServer, client: ConfiguredClient): ClientRegistration {
  const { clientId, clientSecret, hasPrivateKey } = client;
  return {
    issuer: server.issuer,
    clientId,
    clientSecret,
    authMethod: hasPrivateKey
      ? 'private_key_jwt'
      : clientSecret === undefined
        ? 'none'
        : secretMethod(server.token_endpoint_auth_methods_supported),
    source: 'configured',
    redirectUri: undefined,
  };
}

async function register(terms: Parameters<typeof registerClient>[0]): Promise<ClientRegistration> {
  const { server, fetch, redirectUri, scope, signal } = terms;
  const asked = wantedMethod(server.token_endpoint_auth_methods_supported);
  const response = await dynamicClientRegistrationRequest(
    server,
    {
      client_name: 'Fairlead',
      // Or OIDC servers take us for a web application, which may not come back to http://127.0.0.1.
      application_type: 'native',
      ...(redirectUri === undefined
        ? { redirect_uris: [], response_types: [], grant_types: [deviceGrant, 'refresh_token'] }
        : {
            redirect_uris: [redirectUri],
            response_types: ['code'],
            grant_types: ['authorization_code', 'refresh_token'],
          }),
      token_endpoint_auth_method: asked,
      ...(scope !== undefined && { scope }),
    },
    // Which http addresses there may be is the guarded fetch's rule.
    { [customFetch]: fetch, [allowInsecureRequests]: true, ...(signal && { signal }) },
  );
  // RFC 7591 §3.2.2. Some issuers hold a client to the scope it has registered for, others know a container's scopes
  // only later, and refuse what they should replace (§3.2.1) or leave out.
  if (response.status === 400 && scope !== undefined) return register({ ...terms, scope: undefined });
  if (response.status >= 400) {
    throw notRegistered(`refused to register Fairlead (HTTP ${response.status})`, redirectUri);
  }
  try {
    const { answer, secret, expiresAt } = await conforming(response);
    const registered = await processDynamicClientRegistrationResponse(answer);
    return {
      issuer: server.issuer,
      clientId: registered.client_id,
      clientSecret: secret,
      authMethod: answeredMethod(registered.token_endpoint_auth_method, secret !== undefined, server),
      source: 'registered',
      redirectUri,
      secretExpiresAt: expiresAt,
    };
  } catch (cause) {
    throw notRegistered('answered the registration in a way that cannot be understood', redirectUri, cause);
  }
}

/** What the library insists on and servers get wrong: 200 for 201, an empty secret, one that says nothing of its end. */
async function conforming(
  response: Response,
): Promise<{ answer: Response; secret: Secret | undefined; expiresAt: number | undefined }> {
  const { client_secret, client_secret_expires_at, ...json } = (await response.json()) as Record<
    string,
    unknown
  >;
  const given = typeof client_secret === 'string' && client_secret !== '';
  const expires = typeof client_secret_expires_at === 'number' ? client_secret_expires_at : 0;
  return {
    answer: Response.json(json, { status: 201 }),
    secret: given ? new Secret(client_secret) : undefined,
    expiresAt: given && expires > 0 ? expires * 1000 : undefined,
  };
}

/** A program on a person's machine keeps no secret (RFC 8252 §8.4), so none is asked for where that is allowed. */
function wantedMethod(
  supported: readonly string[] | undefined,
): 'none' | 'client_secret_basic' | 'client_secret_post' {
  return supported === undefined || supported.includes('none') ? 'none' : secretMethod(supported);
}

/** RFC 8414 §2: what names none supports basic. */
function secretMethod(
  supported: readonly string[] | undefined,
): 'client_secret_basic' | 'client_secret_post' {
  return supported?.includes('client_secret_basic') === false && supported.includes('client_secret_post')
    ? 'client_secret_post'
    : 'client_secret_basic';
}

/** The answer counts, not what was asked for (RFC 7591 §3.2.1). */
function answeredMethod(
  answered: unknown,
  hasSecret: boolean,
  { token_endpoint_auth_methods_supported: supported }: AuthorizationServer,
): ClientRegistration['authMethod'] {
  if (!hasSecret || answered === 'none') return 'none';
  if (answered === 'client_secret_basic' || answered === 'client_secret_post') return answered;
  const secretUsed =
    supported === undefined || supported.some((method) => method.startsWith('client_secret'));
  return secretUsed ? secretMethod(supported) : 'none';
}

function notRegistered(what: string, redirectUri: string | undefined, cause?: unknown): FairleadError {
  // The port is of this one sign-in; RFC 8252 §7.3 has issuers take any.
  const address = redirectUri?.replace(/:\d+\//, '/');
  const where = address === undefined ? '' : ` with the redirect address ${address}`;
  return new FairleadError('registration_failed', `The authorization server ${what}.`, {
    help: `Register Fairlead there as a native application${where}, and give the id you get with --client-id (and a secret, if there is one, with --client-secret-env).`,
    cause,
  });
}
