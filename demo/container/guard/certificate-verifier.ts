/** Mode `certificate`: the platform has issued the caller's certificate to this container's user, for this container. */
import { names } from '../../tokens/names.ts';
import type { CertificateMode } from './certificate-config.ts';
import { urisOf, type PeerCertificate } from './peer-certificate.ts';
import { refused, type Verifier } from './verifier.ts';

/** id-kp-clientAuth (RFC 5280 §4.2.1.12). */
const clientAuth = '1.3.6.1.5.5.7.3.2';

/**
 * That it is of the platform's authority is checked in the handshake. That it still counts is asked with each request: a
 * connection, and a session that is resumed, can last longer than the certificate that began it.
 */
export function createCertificateVerifier(mode: CertificateMode, now: () => number = Date.now): Verifier {
  const wanted = [names.clientOf(mode.container_id), names.user(mode.expected_user_id)];
  const isOwn = ({ alternatives, uses }: PeerCertificate) => {
    const uris = urisOf(alternatives);
    const users = uris.filter((uri) => uri.startsWith(names.user('')));
    return uses.includes(clientAuth) && users.length === 1 && wanted.every((name) => uris.includes(name));
  };

  return {
    verify({ certificate }) {
      if (certificate === undefined) return Promise.resolve(refused('missing'));
      const { validFrom, validTo } = certificate;
      if (!(validFrom <= now() && now() < validTo)) return Promise.resolve(refused('expired'));
      if (!isOwn(certificate)) return Promise.resolve(refused('forbidden'));
      return Promise.resolve({
        admitted: true,
        caller: { mode: 'certificate', userId: mode.expected_user_id },
      });
    },
    stillAdmits: (caller) =>
      Promise.resolve(caller.mode === 'certificate' && caller.userId === mode.expected_user_id),
  };
}
