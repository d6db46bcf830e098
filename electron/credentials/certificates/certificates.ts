/** The client certificate of each container: brought by the person, or issued by the platform. */
import { FairleadError } from '../../../shared/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Secret } from '../../runtime/secret.ts';
import type { ClientCertificate, CredentialOwner } from '../broker.ts';
import type { Send } from '../exchange.ts';
import { HeldSecret } from '../held-secret.ts';
import { passphraseKey } from '../vault-key.ts';
import type { Vault } from '../vault.ts';
import { BroughtCertificate } from './brought-certificate.ts';
import { filesOf } from './certificate-files.ts';
import type { PlatformCertificate } from './platform-certificate.ts';

export interface Certificates {
  of(owner: CredentialOwner): ClientCertificate | undefined;
  /** Wraps `send` so that no request goes out before there is a certificate to show, where one is issued. */
  ahead(owner: CredentialOwner, send: Send): Send;
  /** Throws usage and keychain errors. */
  storePassphrase(owner: CredentialOwner, passphrase: Secret): Promise<void>;
  /** Idempotent. Throws keychain errors. */
  forget(owner: CredentialOwner): Promise<void>;
}

interface Brought {
  readonly certificate: ClientCertificate;
  readonly passphrase: HeldSecret;
  /** By the last connection that brought one. */
  handedIn: Secret | undefined;
}

/** @param deps.issued the certificate of one of the platform's containers */
export function createCertificates(deps: {
  vault: Vault;
  clock: Clock;
  logger: Logger;
  issued: (containerId: string) => PlatformCertificate;
}): Certificates {
  const { vault, issued, ...rest } = deps;
  const brought = new Map<string, Brought>();

  const issuedTo = ({ container: { tls, platform } }: CredentialOwner) =>
    tls.clientCertificate === undefined || platform === undefined ? undefined : issued(platform.id);

  const broughtBy = (owner: CredentialOwner): Brought | undefined => {
    const { container, passphrase: handedIn } = owner;
    const files = filesOf(container);
    if (files === undefined) return undefined;
    const vaultKey = passphraseKey(owner);
    const place = JSON.stringify([vaultKey, files]);
    const known = brought.get(place);
    if (known !== undefined) {
      known.handedIn = handedIn ?? known.handedIn;
      return known;
    }
    const passphrase = new HeldSecret(vault, vaultKey);
    const opener = async () =>
      fresh.handedIn ?? (owner.configured ? (passphrase.current ?? (await passphrase.read())) : undefined);
    const logger = rest.logger.with({ container: container.name });
    const certificate = new BroughtCertificate({ ...rest, logger, passphrase: opener }, files);
    const fresh: Brought = { certificate, passphrase, handedIn };
    brought.set(place, fresh);
    return fresh;
  };

  return {
    of: (owner) => issuedTo(owner) ?? broughtBy(owner)?.certificate,
    ahead(owner, send) {
      const certificate = issuedTo(owner);
      if (certificate === undefined) return send;
      return async (request) => {
        if (certificate.usable === undefined) await certificate.ready(request);
        return send(request);
      };
    },
    async storePassphrase(owner, passphrase) {
      const own = broughtBy(owner);
      if (own === undefined) {
        throw new FairleadError('usage', 'A passphrase goes with a client certificate.', {
          help: 'Give --cert and --key, or --pkcs12, too.',
        });
      }
      await own.passphrase.replace(passphrase);
    },
    async forget(owner) {
      await issuedTo(owner)?.forget();
      const own = broughtBy(owner);
      // A machine without a keychain must be able to forget what never had a secret.
      if (own === undefined) return;
      own.handedIn = undefined;
      await own.passphrase.erase();
    },
  };
}
