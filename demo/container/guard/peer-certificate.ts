/** What the certificate at the other end of a connection says: who it is, for what, and until when. */
import { TLSSocket } from 'node:tls';
import { names } from '../../tokens/names.ts';

export interface PeerCertificate {
  /** Of the subject's name, as Node writes them: `URI:urn:x, DNS:y`. */
  readonly alternatives: string | undefined;
  /** Object identifiers of the extended key usage. */
  readonly uses: readonly string[];
  /** Milliseconds since the epoch. */
  readonly validFrom: number;
  readonly validTo: number;
}

/** @returns undefined where the handshake has shown and proved none */
export function peerCertificateOf(socket: unknown): PeerCertificate | undefined {
  if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
  const { subjectaltname, ext_key_usage: uses, valid_from, valid_to } = socket.getPeerCertificate();
  return {
    alternatives: subjectaltname,
    uses: uses ?? [],
    validFrom: Date.parse(valid_from),
    validTo: Date.parse(valid_to),
  };
}

/**
 * Whether a connection is the platform's gateway. That its certificate is of the authority is checked in the handshake;
 * but the same authority issues certificates to users (docs/platform-api.md), and none of those may pass for the gateway.
 */
export function isGateway(socket: TLSSocket): boolean {
  return namesGateway(peerCertificateOf(socket)?.alternatives);
}

/** @param alternatives as in PeerCertificate */
export function namesGateway(alternatives: string | undefined): boolean {
  return urisOf(alternatives).includes(names.platform);
}

/** @param alternatives as in PeerCertificate */
export function urisOf(alternatives: string | undefined): string[] {
  // Node quotes a name that has a comma in it (CVE-2021-44532), and nothing that we issue has one.
  if (alternatives === undefined || alternatives.includes('"')) return [];
  return alternatives.split(', ').flatMap((name) => (name.startsWith('URI:') ? [name.slice(4)] : []));
}
