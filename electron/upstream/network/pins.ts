/** Pins: the server's public key must be one of those that the person named, besides being certified (RFC 7469 §2.4). */
import { createHash, type X509Certificate } from 'node:crypto';
import { PinMismatch } from '../../../shared/errors.ts';
import { neverSent } from './network-errors.ts';

/** `sha256/<base64 of the SHA-256 of the certificate's SubjectPublicKeyInfo>`. */
export function printOf(certificate: X509Certificate): string {
  const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return `sha256/${createHash('sha256').update(spki).digest('base64')}`;
}

/**
 * @param print of the key that the server proved to hold; undefined when it could not be seen
 * @param pins no pins allow every key
 * @throws FairleadError `pin_mismatch`
 */
export function checkPins(print: string | undefined, pins: readonly string[]): void {
  if (pins.length === 0 || (print !== undefined && pins.includes(print))) return;
  throw neverSent(new PinMismatch(print, pins));
}
