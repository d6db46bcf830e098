/** The client certificate of files, as the broker hands it to connections. */
import type { ClientCertificate } from '../../electron/credentials/broker.ts';
import { BroughtCertificate } from '../../electron/credentials/certificates/brought-certificate.ts';
import { filesOf } from '../../electron/credentials/certificates/certificate-files.ts';
import { systemClock, type Clock } from '../../electron/runtime/clock.ts';
import { createLogger } from '../../electron/runtime/logger.ts';
import { Secret } from '../../electron/runtime/secret.ts';
import { container, type TlsSettings } from '../../shared/container.ts';

/** @returns undefined where `tls` names none */
export function broughtCertificate(
  tls: TlsSettings,
  more: { passphrase?: string; clock?: Clock } = {},
): ClientCertificate | undefined {
  const { passphrase, clock = systemClock } = more;
  const files = filesOf(
    container.parse({ name: 'a', url: 'https://a.example', auth: { method: 'none' }, tls }),
  );
  if (files === undefined) return undefined;
  const logger = createLogger({ level: 'error', now: () => 0, write: () => undefined });
  const opener = () => Promise.resolve(passphrase === undefined ? undefined : new Secret(passphrase));
  return new BroughtCertificate({ clock, logger, passphrase: opener }, files);
}
