/** The keys that the platform signs with. */
import { exportJWK, generateKeyPair, type JWK } from 'jose';

export interface SigningKeys {
  readonly keys: readonly JWK[];
}

/** RS256 is what OpenID Connect expects of an ID token unless told otherwise; ES256 signs access tokens, and is short. */
export async function createSigningKeys(): Promise<SigningKeys> {
  const keys = await Promise.all(
    ['RS256', 'ES256'].map(async (alg) => {
      const { privateKey } = await generateKeyPair(alg, { extractable: true });
      return { ...(await exportJWK(privateKey)), alg, use: 'sig', kid: crypto.randomUUID() };
    }),
  );
  return { keys };
}

const publicMembers = ['kty', 'crv', 'x', 'y', 'n', 'e', 'alg', 'use', 'kid'];

/** What others check signatures by. */
export function publicKeys({ keys }: SigningKeys): { keys: JWK[] } {
  const visible = (key: JWK) => Object.entries(key).filter(([name]) => publicMembers.includes(name));
  return { keys: keys.map((key) => Object.fromEntries(visible(key)) as JWK) };
}
