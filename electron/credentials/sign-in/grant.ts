/** What every grant needs to know, and what each ends with. */
import type { Configuration, DPoPHandle, TokenEndpointResponse } from 'openid-client';
import type { ClientRegistration, Discovered, GuardedFetch } from '../discovery/discovered.ts';
import { DpopKey } from './dpop.ts';
import type { Prompt } from './prompt.ts';

export interface GrantTerms {
  readonly discovered: Discovered;
  /** Undefined: none is sent. */
  readonly scope: string | undefined;
  readonly fetch: GuardedFetch;
  readonly signal: AbortSignal;
}

/** A grant that a person gives. */
export interface PersonalGrantTerms extends GrantTerms {
  /** How we are known to the issuer, with this redirect URI where a browser comes back to one. */
  readonly register: (redirectUri: string | undefined) => Promise<ClientRegistration>;
  /** Called once, when the person can go there. */
  readonly show: (prompt: Prompt) => void;
}

export interface Granted {
  readonly client: ClientRegistration;
  readonly tokens: TokenEndpointResponse;
  readonly dpopKey: DpopKey | undefined;
}

/** A key pair, where the issuer binds tokens to one. ES256 is what RFC 9449 deployments have in common. */
export function dpopKeyFor({ server, identity }: Discovered): DpopKey | undefined {
  // What takes the tokens of an identity provider takes them as Bearer.
  if (identity !== undefined) return undefined;
  return server.dpop_signing_alg_values_supported?.includes('ES256') === true
    ? DpopKey.generate()
    : undefined;
}

/** The option of openid-client's requests that makes them carry proofs. */
export async function dpopOption(
  key: DpopKey | undefined,
  configuration: Configuration,
): Promise<{ DPoP?: DPoPHandle }> {
  return key === undefined ? {} : { DPoP: await key.handle(configuration) };
}

/** For the first request of a grant; `scope` only where there is one. */
export function requestParameters({ discovered, scope }: GrantTerms): Record<string, string> {
  return {
    ...resourceParameter(discovered),
    ...discovered.identity?.parameters,
    ...(scope === undefined || scope === '' ? {} : { scope }),
  };
}

/** `resource` goes with every request (RFC 8707 §2) but those to an identity provider, which may refuse to know it. */
export function resourceParameter({
  resource,
  identity,
}: Pick<Discovered, 'resource' | 'identity'>): Record<string, string> {
  return identity === undefined ? { resource } : {};
}

/** Whether the ID token is what the container gets. */
export function presentsIdToken({ identity }: Pick<Discovered, 'identity'>): boolean {
  return identity?.presents === 'id';
}
