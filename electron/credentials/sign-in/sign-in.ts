/** One sign-in by a person, from discovery to the record of its tokens. */
import type { Container } from '../../../shared/container.ts';
import { FairleadError } from '../../../shared/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { CredentialOwner } from '../broker.ts';
import type { BoundSecret } from '../client-secret.ts';
import type { ClientStore } from '../client-store.ts';
import type {
  Challenge,
  ClientRegistration,
  Discovered,
  Discovery,
  GuardedFetch,
} from '../discovery/discovered.ts';
import {
  clientWithoutRegistering,
  registerClient,
  type ConfiguredClient,
} from '../discovery/registration.ts';
import { recordOfGrant, type TokenRecord } from '../token-record.ts';
import { settingsDigest } from '../vault-key.ts';
import { grantByCode } from './code-grant.ts';
import { grantByDevice } from './device-grant.ts';
import { isOfUnknownClient } from './grant-failure.ts';
import type { Prompt } from './prompt.ts';

export interface SignInDeps {
  readonly discovery: Discovery;
  /** Our id at issuers that read client ID metadata documents; undefined: not to be used. */
  readonly metadataDocument: string | undefined;
  /** Guarded, for what this container leads to. */
  readonly fetch: (container: Container) => GuardedFetch;
  readonly clients: ClientStore;
  readonly clock: Clock;
}

export interface SignInTerms {
  readonly owner: CredentialOwner;
  /** What the container asked for, as far as it has been asked. */
  readonly challenge: Challenge | undefined;
  /** Instead of the scope that was discovered. */
  readonly scope: string | undefined;
  /** Of the person's own client, where the container is configured with one. */
  readonly clientSecret: BoundSecret | undefined;
  /** Forget how we were known to the issuer before. */
  readonly registerAnew: boolean;
  readonly show: (prompt: Prompt) => void;
  readonly signal: AbortSignal;
}

/** @throws FairleadError of discovery, registration or the grant; or the signal's reason */
export async function signIn(deps: SignInDeps, terms: SignInTerms): Promise<TokenRecord> {
  const { owner, challenge, show, signal } = terms;
  const { container } = owner;
  const { auth } = container;
  if (auth.method !== 'oauth' && auth.method !== 'identity')
    throw new FairleadError('usage', 'Nobody signs in to this container.');
  const discovered = await deps.discovery.discover(container, { challenge, fresh: true });
  // Of use to nobody without the id: then it is not sent.
  const secret = configuredClient(terms) === undefined ? undefined : terms.clientSecret;
  await secret?.check(discovered);
  signal.throwIfAborted();
  const fetch = deps.fetch(container);
  const scope = terms.scope ?? discovered.scope;
  const known = await knownClient(deps, terms, discovered);
  let used: ClientRegistration | undefined;
  const register = async (redirectUri: string | undefined): Promise<ClientRegistration> => {
    if (known !== undefined && known.redirectUri === redirectUri) return (used = known);
    const client = await becomeKnown(deps, terms, { discovered, redirectUri, scope });
    if (client.source === 'registered') await deps.clients.write(client);
    return (used = client);
  };
  const personal = { discovered, scope, fetch, signal, register, show };
  const granting =
    auth.grant === 'device'
      ? grantByDevice(personal)
      : grantByCode({ ...personal, port: auth.callbackPort, preferredPort: portOf(known) });
  const granted = await granting.catch(async (thrown: unknown) => {
    if (used !== undefined && isOfUnknownClient(thrown)) await forgetClient(deps.clients, used);
    throw thrown;
  });
  await secret?.accepted(discovered);
  return recordOfGrant(granted, {
    discovered,
    account: container.account,
    settings: settingsDigest(owner),
    asked: scope,
    nowMs: deps.clock.now(),
  });
}

async function becomeKnown(
  { fetch, metadataDocument }: SignInDeps,
  terms: SignInTerms,
  wanted: { discovered: Discovered; redirectUri: string | undefined; scope: string | undefined },
): Promise<ClientRegistration> {
  return registerClient({
    server: wanted.discovered.server,
    fetch: fetch(terms.owner.container),
    configured: configuredClient(terms),
    metadataDocument,
    redirectUri: wanted.redirectUri,
    scope: wanted.scope,
    signal: terms.signal,
  });
}

function configuredClient({ owner: { container }, clientSecret }: SignInTerms): ConfiguredClient | undefined {
  const { auth } = container;
  const clientId = auth.method === 'oauth' || auth.method === 'identity' ? auth.clientId : undefined;
  return clientId === undefined
    ? undefined
    : { clientId, clientSecret: clientSecret?.secret, hasPrivateKey: false };
}

/** The registration to use again, if the callback gets the same port. */
async function knownClient(
  { clients, clock, metadataDocument }: SignInDeps,
  terms: SignInTerms,
  { server }: Discovered,
): Promise<ClientRegistration | undefined> {
  const configured = configuredClient(terms);
  const unregistered = clientWithoutRegistering({ server, configured, metadataDocument });
  if (terms.registerAnew || unregistered !== undefined) return undefined;
  const known = await clients.read(server.issuer);
  return (known?.secretExpiresAt ?? Infinity) > clock.now() ? known : undefined;
}

/** Issuers delete registrations (RFC 7591 §5): the next sign-in begins with another one. */
async function forgetClient(clients: ClientStore, { source, issuer, clientId }: ClientRegistration) {
  if (source !== 'registered') return;
  try {
    // Another container may have registered anew meanwhile.
    if ((await clients.read(issuer))?.clientId === clientId) await clients.delete(issuer);
  } catch {
    // What the sign-in failed for is told, and `--fresh` asks no vault for it.
  }
}

function portOf(client: ClientRegistration | undefined): number | undefined {
  const { redirectUri } = client ?? {};
  if (redirectUri === undefined || !URL.canParse(redirectUri)) return undefined;
  const { port } = new URL(redirectUri);
  return port === '' ? undefined : Number(port);
}
