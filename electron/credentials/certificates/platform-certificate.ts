/** The client certificate that the platform issues for one container: for a key made here, renewed before it ends. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { FairleadError, type ErrorCode } from '../../../shared/errors.ts';
import type { IssuedCertificate } from '../../../shared/platform-api.ts';
import type { Clock } from '../../runtime/clock.ts';
import { createListeners } from '../../runtime/listeners.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { ClientCertificate } from '../broker.ts';
import type { HttpRequest } from '../exchange.ts';
import { certificateRequestFor } from './certificate-request.ts';
import type { CertificatePlace, CertificateRecord, CertificateStore } from './certificate-store.ts';
import { readIssued, type IssuedProblem } from './issued-certificate.ts';
import { createIdentity, type HeldIdentity } from './tls-identity.ts';

/** Asks a platform's API, as the person who is signed in there. Throws sign_in_needed and what keeps it from an answer. */
export type IssueCertificate = (terms: {
  readonly issuer: string;
  readonly containerId: string;
  /** PEM. */
  readonly csr: string;
}) => Promise<IssuedCertificate>;

export interface PlatformCertificateDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly store: CertificateStore;
  readonly issue: IssueCertificate;
  /** The part of its life after which one is renewed, from 0 to 1; default: around two thirds. */
  readonly renewAt?: (() => number) | undefined;
  /** Where it is asked for now. Throws sign_in_needed. */
  readonly place: () => CertificatePlace;
  /** Waits until the person has signed in. Throws sign_in_needed, and what kept them from it. */
  readonly waitForSignIn: (request: HttpRequest) => Promise<void>;
}

interface Held {
  readonly identity: HeldIdentity;
  readonly key: KeyObject;
  /** When to renew it, and until when it is used, in milliseconds since the epoch. */
  readonly dueAt: number;
  readonly endsAt: number;
}

/** Around two thirds of its life: not all certificates of a machine at once, nor all machines'. */
const aroundTwoThirds = () => 0.62 + 0.08 * Math.random();
/** Not used in its last moments: a request that is on its way then would come to a server that takes it no more. */
const spareShare = 0.05;
const longestSpareMs = 30_000;
const firstPauseMs = 1_000;
const longestPauseMs = 10 * 60_000;
/** Where there is none to show, and somebody wants to be let in. */
const longestPauseWithoutMs = 5_000;
/** Longer than a timer of Node's can be. */
const longestTimerMs = 2 ** 31 - 1;

export class PlatformCertificate implements ClientCertificate {
  readonly #deps: PlatformCertificateDeps;
  readonly #listeners = createListeners();
  #held: Held | undefined;
  #asking: Promise<HeldIdentity> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #failure: { readonly error: unknown; readonly count: number; readonly until: number } | undefined;
  /** How often the account has changed: what was asked for before is not used after. */
  #epoch = 0;

  constructor(deps: PlatformCertificateDeps) {
    this.#deps = deps;
  }

  /** The certificate to show, where nothing has to be done first. */
  get usable(): HeldIdentity | undefined {
    const held = this.#held;
    return held !== undefined && this.#deps.clock.now() < held.endsAt ? held.identity : undefined;
  }

  async current(): Promise<HeldIdentity> {
    return this.usable ?? this.#ask();
  }

  /** Sees to it that there is one for a request, which may wait for the person to sign in. Throws as `current`. */
  async ready(request: HttpRequest): Promise<void> {
    if (this.usable !== undefined) return;
    try {
      await this.#ask();
    } catch (thrown) {
      if (!(thrown instanceof FairleadError) || thrown.code !== 'sign_in_needed') throw thrown;
      await this.#deps.waitForSignIn(request);
      await this.#ask();
    }
  }

  onChange(listener: () => void): () => void {
    const end = this.#listeners.add(listener);
    this.#schedule();
    return () => {
      end();
      this.#schedule();
    };
  }

  /** The account has changed. Its key is deleted by whoever says so. */
  drop(): void {
    this.#epoch += 1;
    this.#held = this.#asking = this.#failure = undefined;
    this.#schedule();
    this.#tell();
  }

  /** Drops it and its key. Throws keychain errors. */
  async forget(): Promise<void> {
    this.drop();
    await this.#deps.store.delete(this.#deps.place());
  }

  close(): void {
    this.#listeners.clear();
    this.#schedule();
  }

  /** One request to the platform, whoever asks meanwhile. */
  #ask(): Promise<HeldIdentity> {
    if (this.#asking !== undefined) return this.#asking;
    const asking = this.#askOnce().finally(() => {
      if (this.#asking === asking) this.#asking = undefined;
    });
    this.#asking = asking;
    return asking;
  }

  async #askOnce(): Promise<HeldIdentity> {
    const { clock, store, issue, place, logger } = this.#deps;
    const epoch = this.#epoch;
    const at = place();
    const stored = this.#held === undefined ? await store.read(at) : undefined;
    const kept = stored && this.#adopt(stored, epoch);
    if (kept !== undefined) return kept;
    if (this.#failure !== undefined && clock.elapsed() < this.#failure.until) throw this.#failure.error;
    try {
      const key = this.#held?.key ?? stored?.key ?? makeKey();
      const answer = await issue({ ...at, csr: certificateRequestFor(key) }).catch((thrown: unknown) => {
        throw unavailable(thrown);
      });
      const record = {
        key,
        certificate: answer.certificate,
        chain: answer.ca_chain,
        issuedAt: clock.now(),
      };
      const checked = check(record, clock.now());
      if ('problem' in checked) throw unusable(checked.problem);
      if (epoch !== this.#epoch) throw replaced();
      await store.write(at, record);
      const adopted = this.#adopt(record, epoch);
      if (adopted === undefined) throw replaced();
      this.#failure = undefined;
      logger.info('certificate.issued');
      return adopted;
    } catch (thrown) {
      if (epoch === this.#epoch) this.#failed(thrown);
      throw thrown;
    }
  }

  /** @returns undefined where it is of no use any more, or another account's by now */
  #adopt(record: CertificateRecord, epoch: number): HeldIdentity | undefined {
    const issued = check(record, this.#deps.clock.now());
    if ('problem' in issued || epoch !== this.#epoch) return undefined;
    const { key, issuedAt } = record;
    const { certificate: cert, authority, validTo } = issued;
    const pem = key.export({ type: 'pkcs8', format: 'pem' });
    const identity = { ...createIdentity({ cert, key: pem }), authority };
    const lifeMs = validTo - issuedAt;
    const dueAt = issuedAt + (this.#deps.renewAt ?? aroundTwoThirds)() * lifeMs;
    const endsAt = validTo - Math.min(spareShare * lifeMs, longestSpareMs);
    this.#held = { identity, key, dueAt, endsAt };
    this.#schedule();
    this.#tell();
    return identity;
  }

  #failed(error: unknown): void {
    const { clock, logger } = this.#deps;
    const code = error instanceof FairleadError ? error.code : undefined;
    if (code !== 'sign_in_needed') logger.warn('certificate.unavailable', { code });
    // The person can mend it at any moment, and nothing is asked of the platform meanwhile.
    if (code === 'sign_in_needed' || code === 'keychain_locked') return;
    const count = (this.#failure?.count ?? 0) + 1;
    const left = (this.#held?.endsAt ?? Infinity) - clock.now();
    const mostMs = left > 0 ? Math.min(longestPauseMs, Math.max(left / 4, 100)) : longestPauseWithoutMs;
    const pauseMs = Math.min(firstPauseMs * 2 ** (count - 1), mostMs);
    this.#failure = { error, count, until: clock.elapsed() + pauseMs };
    this.#schedule();
  }

  /** Renews it ahead of time as long as connections show it; who comes later has it renewed by coming. */
  #schedule(): void {
    clearTimeout(this.#timer);
    const held = this.#held;
    if (held === undefined || this.#listeners.count() === 0) return;
    const { clock } = this.#deps;
    const pausedMs = (this.#failure?.until ?? 0) - clock.elapsed();
    const dueMs = Math.max(held.dueAt - clock.now(), pausedMs, 0);
    this.#timer = setTimeout(() => void this.#renew(), Math.min(dueMs, longestTimerMs)).unref();
  }

  async #renew(): Promise<void> {
    try {
      await this.#ask();
    } catch (thrown) {
      // Nobody is signed in: the person's next call says so.
      if (!(thrown instanceof FairleadError) || thrown.code !== 'sign_in_needed') this.#schedule();
    }
  }

  #tell(): void {
    this.#listeners.tell();
  }
}

function check(record: CertificateRecord, nowMs: number) {
  return readIssued(record, record.key, nowMs);
}

function makeKey(): KeyObject {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
}

const itself: ReadonlySet<ErrorCode> = new Set([
  'sign_in_needed',
  'sign_in_failed',
  'keychain_missing',
  'keychain_locked',
  'core_stopping',
]);

/** What keeps the platform from issuing one, told as what it means here. */
function unavailable(thrown: unknown): unknown {
  if (!(thrown instanceof FairleadError) || itself.has(thrown.code)) return thrown;
  const { message, help, cause } = thrown;
  return new FairleadError(
    'certificate_unavailable',
    `The platform issues no client certificate for this container now. ${message}`,
    { help: help ?? 'Try again in a while; `fairlead doctor <name>` shows when there is one.', cause },
  );
}

const problems: Record<IssuedProblem, string> = {
  unreadable: 'it is no certificate with its chain',
  other_key: 'it is for another key than ours',
  no_client: 'it is not for a client',
  broken_chain: 'its chain is not signed from one to the next',
  not_yet_valid: 'it is not valid yet by this machine’s clock',
  expired: 'it has ended already, by this machine’s clock',
  too_long: 'it lasts longer than a day',
};

function unusable(problem: IssuedProblem): FairleadError {
  return new FairleadError(
    'certificate_unavailable',
    `The client certificate that the platform has issued cannot be used: ${problems[problem]}.`,
    { help: "Check this machine's clock, and that the platform is of this version (docs/platform-api.md)." },
  );
}

function replaced(): FairleadError {
  return new FairleadError('cancelled', 'The platform account was changed meanwhile.', {
    help: 'Try again.',
  });
}
