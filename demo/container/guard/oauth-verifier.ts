/** Mode `oauth`: a token that the container's own authorization server made. */
import type { AuthorizationServer } from '../authorization/server.ts';
import { createAccessTokenReader } from '../../tokens/access-token.ts';
import { tenantOf } from './external/tenant.ts';
import { besideMcp, neededScope } from './protected-resource.ts';
import { refused, type Verifier } from './verifier.ts';

/** @param endpoint of `/mcp`, asked once the container listens */
export function createOAuthVerifier(
  server: () => Promise<AuthorizationServer>,
  endpoint: () => string,
): Verifier {
  let reading: Promise<ReturnType<typeof createAccessTokenReader>> | undefined;
  const open = async () => {
    const { keys, issuer } = await server();
    const audience = () => ['/mcp', '/sse'].map((path) => besideMcp(endpoint(), path));
    return createAccessTokenReader({ keys, issuer, audience });
  };

  return {
    async verify(request) {
      const read = await (reading ??= open());
      const target = endpoint().replace(/\/mcp$/, request.path);
      const token = await read(request, target);
      if ('refused' in token) return refused(token.refused);
      const { sub = '', scope } = token.claims;
      const person = (await server()).people.byId(sub);
      if (person === undefined) return refused('invalid');
      const permissions = typeof scope === 'string' ? scope.split(' ') : [];
      if (!permissions.includes(neededScope)) return refused('insufficient_scope');
      const tenantId = tenantOf(person.id, person.verifiedEmail);
      return { admitted: true, caller: { mode: 'oauth', userId: person.id, tenantId, permissions } };
    },
    async stillAdmits(caller) {
      return caller.mode === 'oauth' && (await server()).people.byId(caller.userId) !== undefined;
    },
  };
}
