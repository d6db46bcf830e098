/** The tokens of one sign-in as the core holds them: read once, renewed once for all who ask, stored before used. */
import type { CredentialEvent } from '../../shared/audit.ts';
import type { Clock } from '../runtime/clock.ts';
import { causeName, type Logger } from '../runtime/logger.ts';
import type { AccessToken } from './access-token.ts';
import type { ClientStore } from './client-store.ts';
import type { GuardedFetch } from './discovery/discovered.ts';
import { Pause } from './pause.ts';
import { PresentedToken } from './presented-token.ts';
import { heldIn, initialState, transition, type SessionEvent, type SessionState } from './session-state.ts';
import { issuerUnavailable, targetRefusal } from './sign-in/grant-failure.ts';
import { refreshTokens, type Target } from './sign-in/refresh.ts';
import { revokeTokens } from './sign-in/revoke.ts';
import type { Granted } from './sign-in/grant.ts';
import { isRenewable, renewedRecord, rotatedRecord, type TokenRecord } from './token-record.ts';
import type { TokenStore } from './token-store.ts';
import { UnsavedTokens, type NewTokens } from './unsaved-tokens.ts';

export interface HeldTokensDeps {
  readonly store: TokenStore;
  readonly clients: ClientStore;
  readonly fetch: GuardedFetch;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly record: (event: CredentialEvent) => void;
  readonly onChange: () => void;
  /** Tokens of a sign-in are stored, and used from now on. */
  readonly onSignedIn?: () => void;
}

export class HeldTokens {
  readonly #deps: HeldTokensDeps;
  #state: SessionState = initialState;
  readonly #presented: PresentedToken;
  #reading: Promise<void> | undefined;
  #refreshing: Promise<AccessToken | undefined> | undefined;
  /** The last use of the refresh token: two at a time, and a rotating issuer takes one of them for a thief. */
  #turn: Promise<unknown> | undefined;
  readonly #unsaved: UnsavedTokens;
  readonly #pause: Pause;

  constructor(deps: HeldTokensDeps) {
    this.#deps = deps;
    this.#presented = new PresentedToken(deps.clock);
    this.#unsaved = new UnsavedTokens({
      write: (tokens) => this.#write(tokens),
      saved: (tokens) => this.#saved(tokens),
    });
    this.#pause = new Pause(deps.clock);
  }

  get state(): SessionState {
    return this.#state;
  }

  get token(): AccessToken | undefined {
    return this.#presented.token;
  }

  /** The token, where nothing has to be done first. */
  usable(): AccessToken | undefined {
    return this.#presented.usable();
  }

  dispatch(event: SessionEvent): void {
    const before = this.#state;
    this.#state = transition(before, event);
    if (heldIn(this.#state) === undefined) this.#presented.clear();
    if (this.#state.status !== before.status) this.#deps.onChange();
  }

  /** Asks the vault, the first time. Throws keychain errors, and asks again then. */
  read(): Promise<void> {
    if (this.#state.status !== 'unread') return Promise.resolve();
    this.#reading ??= this.#readStore().finally(() => (this.#reading = undefined));
    return this.#reading;
  }

  async #readStore(): Promise<void> {
    const { store, fetch } = this.#deps;
    const found = await store.read();
    if (found.status === 'foreign') {
      // The container was configured anew: nothing that was issued for the old address goes to the new one.
      await store.delete();
      void revokeTokens(found.record, fetch);
    }
    const record = found.status === 'record' ? found.record : undefined;
    this.dispatch({ type: 'read', record });
    if (record !== undefined && this.token === undefined) this.#presented.use(record, 'vault');
  }

  /** The best token there is, renewed where it is time to. Throws keychain errors. */
  async ready(): Promise<AccessToken | undefined> {
    await this.read();
    const saving = this.#unsaved.save();
    if (saving !== undefined) return this.#orHeld(saving);
    const held = heldIn(this.#state);
    if (this.usable() !== undefined || held === undefined || !isRenewable(held)) return this.token;
    const { token } = this;
    const refreshing = this.refresh();
    if (!this.#isExpired(held)) {
      refreshing.catch(() => undefined);
      return token;
    }
    // The container's 401 decides: this machine's clock may be wrong, and the issuer not there.
    return refreshing.catch((thrown: unknown) => {
      if (this.#unsaved.latest !== undefined) throw thrown;
      return token;
    });
  }

  /** New tokens are not used before they are stored; until then the old ones are, as long as they last. */
  async #orHeld(saving: Promise<AccessToken>): Promise<AccessToken | undefined> {
    try {
      return await saving;
    } catch (thrown) {
      const held = heldIn(this.#state);
      if (held === undefined || this.#isExpired(held)) throw thrown;
      return this.token;
    }
  }

  /**
   * One request to the issuer, whoever asks meanwhile.
   * @returns undefined when there is nothing to renew with any more
   * @throws FairleadError token_endpoint_unavailable, keychain errors
   */
  refresh(): Promise<AccessToken | undefined> {
    this.#refreshing ??= this.#inTurn(() => this.#refreshOnce()).finally(
      () => (this.#refreshing = undefined),
    );
    return this.#refreshing;
  }

  async #refreshOnce(): Promise<AccessToken | undefined> {
    const saving = this.#unsaved.save();
    if (saving !== undefined) return saving;
    await this.#spend(undefined);
    // The person may have signed in anew meanwhile.
    await this.#unsaved.save();
    return this.token;
  }

  /**
   * Tokens of this sign-in for something else. The refresh token that comes with them is stored before they are given.
   * @returns undefined when there is nothing to get them with any more
   * @throws FairleadError forbidden for a target that is not to be had, token_endpoint_unavailable, keychain errors
   */
  exchange(target: Target): Promise<Granted['tokens'] | undefined> {
    return this.#inTurn(async () => {
      await this.#unsaved.save();
      return this.#spend(target);
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = quietly(this.#turn).then(work);
    this.#turn = turn;
    return turn;
  }

  /** @returns what the issuer granted for the refresh token, once that is stored; undefined where it is of no use */
  async #spend(target: Target | undefined): Promise<Granted['tokens'] | undefined> {
    const { store, clients, fetch, clock, logger, record: putOnRecord } = this.#deps;
    const held = heldIn(this.#state);
    if (held === undefined) return undefined;
    this.#pause.check();
    this.dispatch({ type: 'refresh_begun' });
    const startedMs = clock.elapsed();
    const outcome = await refreshTokens(held, fetch, target);
    const { host } = new URL(held.server.issuer);
    const { status } = outcome;
    logger.info('token.refreshed', { host, outcome: status });
    const durationMs = Math.round(clock.elapsed() - startedMs);
    putOnRecord({ kind: 'token_refresh', issuer: host, outcome: status, durationMs });
    const isHeld = heldIn(this.#state) === held && this.#unsaved.latest?.origin !== 'sign_in';
    switch (outcome.status) {
      case 'granted': {
        const { tokens } = outcome;
        const record =
          target === undefined ? renewedRecord(held, tokens, clock.now()) : rotatedRecord(held, tokens);
        // Signed out meanwhile, or signed in anew.
        if (!isHeld) {
          await this.#takeBack(record);
          return undefined;
        }
        this.#pause.end();
        await this.adopt(record, 'refresh');
        return tokens;
      }
      case 'postponed':
        this.#pause.extend(outcome.retryAfterMs);
        this.dispatch({ type: 'refresh_postponed' });
        throw issuerUnavailable();
      case 'refused': {
        const refusal = target && targetRefusal(outcome.reason);
        if (refusal !== undefined) {
          this.dispatch({ type: 'refresh_postponed' });
          throw refusal;
        }
        if (!isHeld) return undefined;
        this.dispatch({ type: 'refresh_refused' });
        if (outcome.reason === 'invalid_client') await quietly(clients.delete(held.server.issuer));
        // A sign-in for a wider scope may have ended meanwhile.
        if (this.#isEmpty()) await quietly(store.delete());
        return undefined;
      }
    }
  }

  /** Revokes what came too late to be used. */
  async #takeBack(record: TokenRecord): Promise<void> {
    const { fetch } = this.#deps;
    if (this.#state.status === 'signed_out') {
      await revokeTokens(record, fetch);
      return;
    }
    await quietly(this.#unsaved.save());
    const held = heldIn(this.#state);
    // With a token some issuers end all that the same client was granted, the new sign-in as well.
    if (held !== undefined && held.client.clientId !== record.client.clientId)
      void revokeTokens(record, fetch);
  }

  /** Stores new tokens, then uses them. Throws keychain errors; then they are kept and stored at the next chance. */
  adopt(record: TokenRecord, origin: NewTokens['origin']): Promise<AccessToken> {
    this.#presented.hold();
    return this.#unsaved.add({ record, origin });
  }

  async #write({ record }: NewTokens): Promise<void> {
    const { store, logger } = this.#deps;
    try {
      await store.write(record);
    } catch (thrown) {
      logger.warn('token.not_stored', { cause: causeName(thrown) });
      this.dispatch({ type: 'refresh_postponed' });
      throw thrown;
    }
  }

  #saved({ record, origin }: NewTokens): AccessToken {
    this.dispatch(origin === 'refresh' ? { type: 'refreshed', record } : { type: 'sign_in_done', record });
    const token = this.#presented.use(record, origin);
    if (origin === 'sign_in') {
      this.#deps.onSignedIn?.();
      // Whose it is may be news although somebody was signed in before.
      this.#deps.onChange();
    }
    return token;
  }

  /** A token that was new was refused: it is given up, unless it has been accepted before or has just run out. */
  giveUp(token: AccessToken): void {
    const held = heldIn(this.#state);
    if (token !== this.token || token.accepted || this.#unsaved.latest !== undefined) return;
    if (held === undefined || this.#isExpired(held)) return;
    this.dispatch({ type: 'token_refused' });
  }

  /** Resolves when no answer of the issuer can come any more that would have to be stored. */
  async settled(): Promise<void> {
    await quietly(this.#turn);
    await this.#unsaved.settled();
  }

  /** Takes back what was issued, and forgets it. Throws keychain errors. */
  async drop(): Promise<void> {
    const { store, fetch } = this.#deps;
    await quietly(this.read());
    const held = this.#unsaved.latest?.record ?? heldIn(this.#state);
    this.#unsaved.forget();
    this.dispatch({ type: 'signed_out' });
    await this.settled();
    this.dispatch({ type: 'signed_out' });
    try {
      // First, as the issuer may take its time, and the person may sign in meanwhile.
      await store.delete();
    } finally {
      if (held !== undefined) await revokeTokens(held, fetch);
    }
  }

  #isEmpty(): boolean {
    return this.#unsaved.latest === undefined && heldIn(this.#state) === undefined;
  }

  #isExpired({ expiresAt }: TokenRecord): boolean {
    return expiresAt !== undefined && this.#deps.clock.now() >= expiresAt;
  }
}

async function quietly(work: Promise<unknown> | undefined): Promise<void> {
  await work?.catch(() => undefined);
}
