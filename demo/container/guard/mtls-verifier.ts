/** Mode `mtls`: the platform's gateway, known by its certificate, says with each request which user it is for. */
import { createKeySet } from '../../tokens/key-set.ts';
import { createUserClaimReader } from '../../tokens/user-claim.ts';
import type { MtlsMode } from './mtls-config.ts';
import { failOnKeys } from './platform-verifier.ts';
import { refused, type Verifier } from './verifier.ts';

/** For connections that have shown the gateway's certificate (peer-certificate.ts): this judges the claim alone. */
export function createMtlsVerifier(mode: MtlsMode): Verifier {
  const readClaim = createUserClaimReader({
    keys: createKeySet(new URL(mode.platform_jwks_url)),
    issuer: mode.platform_issuer,
    containerId: mode.container_id,
  });
  const isExpected = (userId: string) =>
    mode.expected_user_id === undefined || userId === mode.expected_user_id;

  return {
    async verify({ claim }) {
      if (claim === undefined) return refused('missing');
      const userId = await readClaim(claim).catch(failOnKeys);
      if (userId === undefined) return refused('invalid');
      if (!isExpected(userId)) return refused('forbidden');
      return { admitted: true, caller: { mode: 'mtls', userId } };
    },
    stillAdmits: (caller) => Promise.resolve(caller.mode === 'mtls' && isExpected(caller.userId)),
  };
}
