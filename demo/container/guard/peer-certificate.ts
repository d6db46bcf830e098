/** Whether a connection is the platform's gateway: a certificate of the platform's authority that says so. */
import type { TLSSocket } from 'node:tls';
import { names } from '../../tokens/names.ts';

/**
 * That the certificate is of the authority is checked in the handshake; but the same authority issues certificates to
 * users (docs/platform-api.md), and none of those may pass for the gateway.
 */
export function isGateway(socket: TLSSocket): boolean {
  if (!socket.authorized) return false;
  return namesGateway(socket.getPeerCertificate().subjectaltname);
}

/** @param alternatives of the subject's name, as Node writes them: `URI:urn:x, DNS:y` */
export function namesGateway(alternatives: string | undefined): boolean {
  // Node quotes a name that has a comma in it (CVE-2021-44532), and nothing that we issue has one.
  if (alternatives === undefined || alternatives.includes('"')) return false;
  return alternatives.split(', ').includes(`URI:${names.platform}`);
}
