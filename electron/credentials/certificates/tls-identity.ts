/** A client certificate and its key as connections show them: the key is in this closure, and in OpenSSL. */
import { X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { FairleadError } from '../../../shared/errors.ts';
import type { TlsIdentity } from '../broker.ts';

/** What `createSecureContext` makes a client certificate of. */
export type IdentityMaterial = Pick<SecureContextOptions, 'cert' | 'key' | 'pfx' | 'passphrase'>;

export interface HeldIdentity extends TlsIdentity {
  /** Milliseconds since the epoch; undefined: that cannot be seen. */
  readonly validFrom: number | undefined;
}

/** Throws what OpenSSL says of material that is of no use. */
export function createIdentity(material: IdentityMaterial): HeldIdentity {
  const certificate = certificateOf(createSecureContext(material));
  return {
    contextFor: (trust) => createSecureContext({ ...trust, ...material }),
    subject: certificate?.subject,
    validFrom: certificate && Date.parse(certificate.validFrom),
    validTo: certificate && Date.parse(certificate.validTo),
  };
}

/** As OpenSSL holds it, which has opened whatever it lay in. Node does not document this, so it may not be there. */
function certificateOf({ context }: SecureContext): X509Certificate | undefined {
  const held: unknown = context;
  if (typeof held !== 'object' || held === null) return undefined;
  const read: unknown = Reflect.get(held, 'getCertificate');
  const bytes: unknown = typeof read === 'function' ? Reflect.apply(read, held, []) : undefined;
  return bytes instanceof Uint8Array ? new X509Certificate(bytes) : undefined;
}

/**
 * @param what names the certificate in a sentence
 * @param help what to do about one that has ended
 * @throws FairleadError certificate_unavailable outside of its time
 */
export function checkTime(
  { validFrom = -Infinity, validTo = Infinity }: HeldIdentity,
  { what, help, nowMs }: { what: string; help: string; nowMs: number },
): void {
  if (nowMs >= validTo) {
    throw new FairleadError('certificate_unavailable', `${what} has expired, on ${timeText(validTo)}.`, {
      help,
    });
  }
  if (nowMs < validFrom) {
    throw new FairleadError(
      'certificate_unavailable',
      `${what} is not valid before ${timeText(validFrom)}.`,
      {
        help: "Check this machine's clock, or wait until then.",
      },
    );
  }
}

function timeText(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ') + ' UTC';
}
