/** What a container's configuration and its provider's preset come to together. Pure. */
import type { AuthorizationServer } from 'oauth4webapi';
import type { IdentityAuthentication } from '../../../shared/container.ts';
import { anyIssuer } from './any-issuer.ts';
import { auth0 } from './auth0.ts';
import { github } from './github.ts';
import { google } from './google.ts';
import type { IdentityPreset, Presented } from './preset.ts';

/** What a sign-in at an outside identity provider does in its own way. It knows nothing of the container. */
export interface IdentityTerms {
  readonly presents: Presented;
  /** To ask for where the person names no scope. */
  readonly scope: string;
  /** Where the sign-in begins, by browser or by device. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly browserParameters: Readonly<Record<string, string>>;
}

export const presets = { google, auth0, github };

export function presetOf(provider: IdentityAuthentication['provider']): IdentityPreset {
  return isPreset(provider) ? presets[provider] : anyIssuer;
}

function isPreset(provider: string): provider is keyof typeof presets {
  return Object.hasOwn(presets, provider);
}

export function identityTerms({ provider, present, audience }: IdentityAuthentication): IdentityTerms {
  const preset = presetOf(provider);
  return {
    presents: present ?? preset.presents[0],
    scope: preset.scope,
    parameters: audience === undefined ? {} : { audience },
    browserParameters: preset.browserParameters,
  };
}

/** The issuer that the person means. */
export function issuerOf({ provider, domain = '' }: IdentityAuthentication): string {
  return presetOf(provider).issuer.replace(/{(provider|domain)}/, (_, name) =>
    name === 'domain' ? domain : provider,
  );
}

/**
 * What need not be discovered: the endpoints that the person gave, or those of a provider without metadata.
 * @param given parsed and checked
 */
export function serverKnown(
  auth: IdentityAuthentication,
  given: { authorization: URL | undefined; device: URL | undefined; token: URL | undefined },
): AuthorizationServer | undefined {
  const { server } = presetOf(auth.provider);
  const { authorization, device, token } = given;
  if (token === undefined) return server;
  const methods = server?.token_endpoint_auth_methods_supported;
  return {
    // Another place than the preset's is another issuer.
    issuer: URL.canParse(auth.provider) ? auth.provider : (authorization ?? token).origin,
    token_endpoint: token.href,
    ...(authorization && { authorization_endpoint: authorization.href }),
    ...(device && { device_authorization_endpoint: device.href }),
    ...(methods && { token_endpoint_auth_methods_supported: methods }),
  };
}
