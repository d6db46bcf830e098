/** What a platform answered to a certificate request, checked before it is used. Pure. */
import { createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';

/** Longer than the platform issues them for (docs/platform-api.md), for a clock that goes behind. */
const longestMs = 25 * 60 * 60_000;
const longestChain = 8;
/** id-kp-clientAuth (RFC 5280 §4.2.1.12). */
const clientAuth = '1.3.6.1.5.5.7.3.2';

export type IssuedProblem =
  'unreadable' | 'other_key' | 'no_client' | 'broken_chain' | 'not_yet_valid' | 'expired' | 'too_long';

export interface Issued {
  /** PEM: the certificate, and those between it and the root. */
  readonly certificate: string;
  /** PEM: the last of the chain. */
  readonly authority: string;
  /** Milliseconds since the epoch. */
  readonly validTo: number;
}

/**
 * @param answer PEM both; the chain from the one that signed the certificate up to the root
 * @param key that the request was made for
 */
export function readIssued(
  answer: { readonly certificate: string; readonly chain: string },
  key: KeyObject,
  nowMs: number,
): Issued | { readonly problem: IssuedProblem } {
  const [leaf, ...more] = certificatesIn(answer.certificate);
  const chain = certificatesIn(answer.chain);
  if (leaf === undefined || more.length > 0 || chain.length === 0 || chain.length > longestChain)
    return { problem: 'unreadable' };
  if (!createPublicKey(key).equals(leaf.publicKey)) return { problem: 'other_key' };
  // Undefined where the certificate says nothing of it.
  const uses = leaf.keyUsage as string[] | undefined;
  if (leaf.ca || uses?.includes(clientAuth) !== true) return { problem: 'no_client' };
  if (!isSignedBy([leaf, ...chain])) return { problem: 'broken_chain' };
  const validTo = Date.parse(leaf.validTo);
  if (nowMs < Date.parse(leaf.validFrom)) return { problem: 'not_yet_valid' };
  if (!(nowMs < validTo)) return { problem: 'expired' };
  if (validTo - nowMs > longestMs) return { problem: 'too_long' };
  const between = chain.filter((each) => !each.checkIssued(each));
  return {
    certificate: [leaf, ...between].map(String).join(''),
    authority: String(chain.at(-1)),
    validTo,
  };
}

/** Each by the next one, which may. */
function isSignedBy(chain: readonly X509Certificate[]): boolean {
  return chain.every((each, at) => {
    const issuer = chain[at + 1];
    return issuer === undefined || (issuer.ca && each.checkIssued(issuer) && each.verify(issuer.publicKey));
  });
}

function certificatesIn(pem: string): X509Certificate[] {
  try {
    const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    return found.map((each) => new X509Certificate(each));
  } catch {
    return [];
  }
}
