/** A client certificate that the person brought, in files of theirs: read when first shown, and anew when they change. */
import { asFairleadError } from '../../../shared/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import { createListeners } from '../../runtime/listeners.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Secret } from '../../runtime/secret.ts';
import type { ClientCertificate } from '../broker.ts';
import { readIdentity, stateOf, type CertificateFiles } from './certificate-files.ts';
import { checkTime, type HeldIdentity } from './tls-identity.ts';

/** New connections look at the files by themselves; this is for the sake of those that are open. */
const lookMs = 5_000;

export interface BroughtCertificateDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Throws keychain errors. */
  readonly passphrase: () => Promise<Secret | undefined>;
}

interface Held {
  readonly identity: HeldIdentity;
  /** Of the files that it was read from. */
  readonly state: string;
}

export class BroughtCertificate implements ClientCertificate {
  readonly #deps: BroughtCertificateDeps;
  readonly #files: CertificateFiles;
  readonly #listeners = createListeners();
  #held: Held | undefined;
  #reading: Promise<HeldIdentity> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(deps: BroughtCertificateDeps, files: CertificateFiles) {
    this.#deps = deps;
    this.#files = files;
  }

  async current(): Promise<HeldIdentity> {
    this.#reading ??= this.#read().finally(() => (this.#reading = undefined));
    const identity = await this.#reading;
    checkTime(identity, {
      what: `The client certificate in ${this.#files.kind === 'pem' ? this.#files.cert : this.#files.pkcs12}`,
      help: 'Get a new one from its issuer and put it in the place of the old one: it is used at once.',
      nowMs: this.#deps.clock.now(),
    });
    return identity;
  }

  onChange(listener: () => void): () => void {
    const end = this.#listeners.add(listener);
    this.#timer ??= setInterval(() => void this.#look(), lookMs).unref();
    return () => {
      end();
      if (this.#listeners.count() > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  /** What cannot be read is told to who wants to connect. */
  async #look(): Promise<void> {
    if (this.#held !== undefined) await this.current().catch(() => undefined);
  }

  async #read(): Promise<HeldIdentity> {
    const state = await stateOf(this.#files);
    const before = this.#held;
    if (before?.state === state) return before.identity;
    try {
      const identity = await readIdentity(this.#files, this.#deps.passphrase);
      this.#held = { identity, state };
      if (before !== undefined) this.#tell();
      return identity;
    } catch (thrown) {
      if (before === undefined) throw thrown;
      // Whoever renews them may have written one of two files, or half of one.
      this.#deps.logger.warn('certificate.unreadable', { code: asFairleadError(thrown).code });
      if (this.#deps.clock.now() >= (before.identity.validTo ?? 0)) throw thrown;
      return before.identity;
    }
  }

  #tell(): void {
    this.#deps.logger.info('certificate.replaced');
    this.#listeners.tell();
  }
}
