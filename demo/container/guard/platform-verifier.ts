/** Mode `platform`: a JWT that the platform made for this container and its owner. */
import { FairleadError } from '../../../shared/errors.ts';
import { createAccessTokenReader } from '../../tokens/access-token.ts';
import { createKeySet } from '../../tokens/key-set.ts';
import type { PlatformTerms } from './platform-config.ts';
import { besideMcp, neededScope } from './protected-resource.ts';
import { refused, type Verifier } from './verifier.ts';

/** @param audience what tokens must be for; asked anew each time, as a free port is not known before it is taken */
export function createPlatformVerifier(terms: PlatformTerms, audience: () => string): Verifier {
  const read = createAccessTokenReader({
    keys: createKeySet(terms.jwksUrl),
    issuer: terms.issuer,
    audience: () => ['/mcp', '/sse'].map((path) => besideMcp(audience(), path)),
  });

  return {
    async verify(request) {
      const token = await read(request, targetOf(audience(), request.path)).catch(failOnKeys);
      if ('refused' in token) return refused(token.refused);
      const { sub, scope } = token.claims;
      if (sub !== terms.userId) return refused('forbidden');
      const scopes = typeof scope === 'string' ? scope.split(' ') : [];
      if (!scopes.includes(neededScope)) return refused('insufficient_scope');
      return { admitted: true, caller: { mode: 'platform', userId: sub, scopes } };
    },
    stillAdmits: (caller) => Promise.resolve(caller.mode === 'platform' && caller.userId === terms.userId),
  };
}

/** What a proof of possession names: the URL of the request itself. */
function targetOf(mcpUrl: string, path: string): string {
  return path === '/mcp' ? mcpUrl : mcpUrl.replace(/\/mcp$/, path);
}

/** Throws `connect_failed`: that the keys cannot be read says nothing of who calls. */
export function failOnKeys(cause: unknown): never {
  throw new FairleadError('connect_failed', 'The keys of the platform cannot be read.', {
    help: 'Check auth.platform_jwks_url and that the platform runs.',
    cause,
  });
}
