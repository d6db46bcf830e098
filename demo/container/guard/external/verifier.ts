/** Mode `external`: a token of an outside identity provider, and what it says of the person. */
import { FairleadError } from '../../../../shared/errors.ts';
import { readCredential } from '../../../tokens/credential.ts';
import { neededScope } from '../protected-resource.ts';
import { refused, type Verifier } from '../verifier.ts';
import { createAuth0 } from './auth0.ts';
import type { ExternalMode } from './config.ts';
import { createGitHub } from './github.ts';
import { createGoogle } from './google.ts';
import type { IdentityProvider } from './provider.ts';
import { tenantOf } from './tenant.ts';
import { createVerdictCache } from './verdict-cache.ts';

/** Nothing that these providers issue is longer; what is would only cost time. */
const maxTokenLength = 16_384;

/** Throws `config_invalid` where the environment lacks what config.yaml says it has. */
export function createProviders(
  { providers }: ExternalMode,
  env: NodeJS.ProcessEnv,
): readonly IdentityProvider[] {
  const { google, auth0, github } = providers;
  return [
    google === undefined ? undefined : createGoogle(google),
    auth0 === undefined ? undefined : createAuth0(auth0),
    github === undefined ? undefined : createGitHub(github, secretOf(github.client_secret_env, env)),
  ].filter((each) => each !== undefined);
}

export function createExternalVerifier(
  { tenants, cache_seconds: keepSeconds }: ExternalMode,
  providers: readonly IdentityProvider[],
): Verifier {
  const caches = providers.map((provider) => ({
    recognizes: (token: string) => provider.recognizes(token),
    identityOf: createVerdictCache({
      ask: (token) => provider.identify(token),
      keepMs: keepSeconds * 1_000,
    }),
  }));
  const admitsTenant = (tenantId: string) => tenants === undefined || tenants.includes(tenantId);

  return {
    async verify({ authorization }) {
      const credential = readCredential(authorization);
      if (credential?.scheme !== 'bearer') return refused('missing');
      if (credential.value.length > maxTokenLength) return refused('invalid');
      const cache = caches.find((each) => each.recognizes(credential.value));
      const identity = await cache?.identityOf(credential.value);
      if (identity === undefined) return refused('invalid');
      const { userId, verifiedEmail, permissions } = identity;
      const tenantId = tenantOf(userId, verifiedEmail);
      if (!admitsTenant(tenantId)) return refused('forbidden');
      if (!permissions.includes(neededScope)) return refused('insufficient_scope');
      return {
        admitted: true,
        caller: { mode: 'external', userId, tenantId, permissions: [...permissions] },
      };
    },
    // What became of the token itself is asked with each request; a session without requests does nothing.
    stillAdmits: (caller) => Promise.resolve(caller.mode === 'external' && admitsTenant(caller.tenantId)),
  };
}

function secretOf(variable: string | undefined, env: NodeJS.ProcessEnv): string | undefined {
  if (variable === undefined) return undefined;
  const secret = env[variable] ?? '';
  if (secret !== '') return secret;
  throw new FairleadError('config_invalid', 'The environment has no secret of the GitHub app.', {
    help: 'Set the variable that auth.providers.github.client_secret_env names.',
  });
}
