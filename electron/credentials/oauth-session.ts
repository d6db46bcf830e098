/** One container that a person signs in to: its tokens for all clients, and one sign-in for all who wait for it. */
import type { CredentialEvent } from '../../shared/audit.ts';
import { asFairleadError, FairleadError, SignInNeeded } from '../../shared/errors.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { AccessToken, Refusal, TokenSource } from './access-token.ts';
import type { CredentialOwner, Lifetime, Presence, SignInStage } from './broker.ts';
import type { BoundSecret } from './client-secret.ts';
import type { Challenge } from './discovery/discovered.ts';
import { unionScope } from './discovery/scope.ts';
import { HeldTokens } from './held-tokens.ts';
import { OpenSignIn } from './open-sign-in.ts';
import { heldIn } from './session-state.ts';
import type { Granted } from './sign-in/grant.ts';
import type { Target } from './sign-in/refresh.ts';
import { signIn, type SignInDeps } from './sign-in/sign-in.ts';
import type { Prompt } from './sign-in/prompt.ts';
import { isRenewable, type TokenRecord } from './token-record.ts';
import type { TokenStore } from './token-store.ts';

export interface OAuthSessionDeps extends SignInDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly record: (event: CredentialEvent) => void;
  readonly store: TokenStore;
  readonly clientSecret: () => Promise<BoundSecret | undefined>;
  /** Opens the person's browser, or prints the way for them. */
  readonly display: (prompt: Prompt) => void;
  readonly onChange: () => void;
  /** The person has signed in, and what they got is stored, perhaps only once the keychain was unlocked. */
  readonly onSignedIn?: () => void;
  /** How long a request waits for the person. MCP clients give up after a minute. */
  readonly waitMs: number;
  /** So long it waits without anybody noticing; a browser that is signed in is often done by then. */
  readonly patienceMs: number;
}

/** What a sign-in was begun for. */
interface Occasion {
  /** `person`: they asked for it. `request`: a client needs it. `link`: a client could need it, but nobody is there. */
  readonly by: 'person' | 'request' | 'link';
  readonly scope?: string | undefined;
  readonly registerAnew?: boolean;
}

export class OAuthSession implements TokenSource {
  readonly #deps: OAuthSessionDeps;
  #owner: CredentialOwner;
  readonly #tokens: HeldTokens;
  #challenge: Challenge | undefined;
  #open: OpenSignIn | undefined;
  #closed = false;

  constructor(deps: OAuthSessionDeps, owner: CredentialOwner) {
    this.#deps = deps;
    this.#owner = owner;
    this.#tokens = new HeldTokens({ ...deps, fetch: deps.fetch(owner.container) });
  }

  /** The sign-in that waits for the person. */
  get open(): OpenSignIn | undefined {
    return this.#open;
  }

  usable(): AccessToken | undefined {
    return this.#closed ? undefined : this.#tokens.usable();
  }

  ready(): Promise<AccessToken | undefined> {
    return this.#closed ? Promise.reject(closed()) : this.#tokens.ready();
  }

  async renew({ token, challenge, request }: Refusal): Promise<AccessToken> {
    this.#challenge = challenge ?? this.#challenge;
    const tokens = this.#tokens;
    await tokens.read();
    if (tokens.token !== undefined && tokens.token !== token) return tokens.token;
    const held = heldIn(tokens.state);
    if (held !== undefined && isRenewable(held)) {
      const renewed = await tokens.refresh();
      if (renewed !== undefined && renewed !== token) return renewed;
    }
    tokens.dispatch({ type: 'refresh_refused' });
    return this.#waitFor(request, {});
  }

  async widen({ token, challenge, request }: Refusal): Promise<AccessToken> {
    // A container that could name scopes would be given the run of the person's account at the provider.
    if (this.#owner.container.auth.method === 'identity') throw wantsMoreThanIdentity();
    const tokens = this.#tokens;
    const held = heldIn(tokens.state)?.scope;
    const union = unionScope(held, challenge?.scope);
    const isWider = union !== unionScope(held, undefined);
    if (tokens.token !== undefined && tokens.token !== token && !isWider) return tokens.token;
    if (!isWider) throw forbidden();
    this.#challenge = challenge;
    return this.#waitFor(request, { scope: union });
  }

  onAccepted({ origin }: AccessToken): void {
    if (origin === 'sign_in') this.#tokens.dispatch({ type: 'token_accepted' });
  }

  onRefused(token: AccessToken): void {
    this.#tokens.giveUp(token);
  }

  async presence(): Promise<Presence> {
    await this.#tokens.read();
    const { state } = this.#tokens;
    if (heldIn(state) !== undefined) return 'present';
    if (state.status === 'signing_in') return 'signing_in';
    return state.status === 'needs_sign_in' ? 'expired' : 'missing';
  }

  get stage(): SignInStage {
    if (heldIn(this.#tokens.state) !== undefined) return 'signed_in';
    return this.#open?.isLong === true ? 'waiting' : 'signed_out';
  }

  /** How the person signs in. */
  get grant(): 'code' | 'device' {
    const { auth } = this.#owner.container;
    return auth.method === 'oauth' ? auth.grant : 'code';
  }

  /**
   * Tokens for something else than what the person signed in to, and the key that they may be bound to.
   * @returns undefined when nobody is signed in, or not any more
   * @throws FairleadError forbidden, token_endpoint_unavailable, keychain errors
   */
  async tokensFor(target: Target): Promise<Pick<Granted, 'tokens' | 'dpopKey'> | undefined> {
    if (this.#closed) throw closed();
    await this.#tokens.read();
    const tokens = await this.#tokens.exchange(target);
    if (tokens === undefined) return undefined;
    // Whoever issues more to it has accepted the sign-in.
    this.#tokens.dispatch({ type: 'token_accepted' });
    return { tokens, dpopKey: heldIn(this.#tokens.state)?.dpopKey };
  }

  /** For a request that cannot go on until the person has signed in. Throws sign_in_needed, and what kept them from it. */
  async waitForSignIn(request: Refusal['request']): Promise<void> {
    // Somebody else may have waited for it already.
    if (heldIn(this.#tokens.state) === undefined) await this.#waitFor(request, {});
  }

  get lifetime(): Lifetime | undefined {
    const held = heldIn(this.#tokens.state);
    return held && { expiresAt: held.expiresAt, renewable: isRenewable(held) };
  }

  /**
   * As the person asked for it: opens a tab, also where they have closed one.
   * @param options.fresh sign in anew although signed in, register anew, and end a sign-in that is open
   * @param options.signal they do not want it any more: it ends, unless somebody else waits for it
   * @param options.grant from now on
   * @throws FairleadError what kept them from it, or the signal's reason
   */
  async signIn(options: {
    fresh: boolean;
    grant?: 'code' | 'device' | undefined;
    challenge?: Challenge | undefined;
    signal?: AbortSignal | undefined;
  }) {
    await this.#tokens.read();
    this.#challenge = options.challenge ?? this.#challenge;
    if (!options.fresh && (await this.#tokens.ready()) !== undefined) return;
    if (options.grant !== undefined) await this.#choose(options.grant);
    // What is open may wait for a page that the issuer does not show: of a registration that it has deleted, for one.
    while (options.fresh && this.#open !== undefined) await this.#end();
    options.signal?.throwIfAborted();
    if (this.#closed) throw closed();
    await this.#begin({ by: 'person', registerAnew: options.fresh }).outcome(options.signal);
  }

  /** Revokes and deletes. Throws keychain errors. */
  async signOut(): Promise<void> {
    await this.#end();
    this.#challenge = undefined;
    this.#deps.discovery.forget(this.#owner.container);
    const held = heldIn(this.#tokens.state);
    await this.#tokens.drop();
    if (held !== undefined) this.#deps.record({ kind: 'sign_out', issuer: issuerHost(held) });
  }

  /** Ends what is open, and is of no use from now on. Nothing is revoked, and no token that is under way is lost. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#end();
    await this.#tokens.settled();
  }

  async #end(): Promise<void> {
    const open = this.#open;
    open?.abort(new FairleadError('cancelled', 'The sign-in was ended.'));
    await open?.done.catch(() => undefined);
  }

  /** What is open for another grant is of no use to the person. */
  async #choose(grant: 'code' | 'device'): Promise<void> {
    const { container } = this.#owner;
    if (container.auth.method !== 'oauth' || container.auth.grant === grant) return;
    await this.#end();
    this.#owner = { ...this.#owner, container: { ...container, auth: { ...container.auth, grant } } };
  }

  async #waitFor(
    { lane, signal }: Refusal['request'],
    occasion: { scope?: string | undefined },
  ): Promise<AccessToken> {
    if (this.#closed) throw closed();
    // Notifications and goodbyes are not worth a sign-in.
    if (lane === 'signal') throw new SignInNeeded(this.#open?.prompt);
    const { status, tab } = this.#tokens.state;
    // A stream that is renewed by itself, perhaps at night, opens no tab; the one that a client begins with does.
    const unattended = lane === 'stream' && status === 'needs_sign_in';
    const open = this.#begin({ by: tab === 'spent' || unattended ? 'link' : 'request', ...occasion });
    return open.wait({ signal, waitMs: this.#deps.waitMs });
  }

  #begin(occasion: Occasion): OpenSignIn {
    if (this.#open !== undefined) {
      if (occasion.by !== 'link') this.#open.showAgain(occasion.by === 'person');
      return this.#open;
    }
    const open = new OpenSignIn({
      container: this.#owner.container,
      since: this.#deps.clock.now(),
      quiet: occasion.by === 'link',
      display: (prompt) => {
        this.#tokens.dispatch({ type: 'shown' });
        this.#deps.display(prompt);
      },
      onChange: this.#deps.onChange,
      patienceMs: this.#deps.patienceMs,
    });
    this.#open = open;
    this.#tokens.dispatch({ type: 'sign_in_begun' });
    open.run(this.#run(open, occasion));
    return open;
  }

  async #run(open: OpenSignIn, { scope, registerAnew = false }: Occasion): Promise<AccessToken> {
    const { logger, record: putOnRecord, clock, onChange, clientSecret } = this.#deps;
    const startedMs = clock.elapsed();
    const durationMs = () => Math.round(clock.elapsed() - startedMs);
    try {
      const record = await signIn(this.#deps, {
        owner: this.#owner,
        challenge: this.#challenge,
        scope,
        // A registration may be for the narrower scope alone.
        registerAnew: registerAnew || scope !== undefined,
        clientSecret: await clientSecret(),
        show: (prompt) => open.show(prompt),
        signal: open.signal,
      });
      const token = await this.#tokens.adopt(record, 'sign_in');
      const issuer = issuerHost(record);
      logger.info('sign_in.done', { host: issuer });
      putOnRecord({ kind: 'sign_in', outcome: 'ok', issuer, durationMs: durationMs() });
      return token;
    } catch (thrown) {
      this.#tokens.dispatch({ type: 'sign_in_failed' });
      if (thrown instanceof FairleadError) logger.warn('sign_in.failed', { code: thrown.code });
      const { code } = asFairleadError(thrown);
      putOnRecord({ kind: 'sign_in', outcome: 'failed', error: code, durationMs: durationMs() });
      throw thrown;
    } finally {
      this.#open = undefined;
      onChange();
    }
  }
}

function issuerHost({ server }: TokenRecord): string {
  return new URL(server.issuer).host;
}

function closed(): FairleadError {
  return new FairleadError('cancelled', 'This sign-in has been replaced or ended.', {
    help: 'Restart the client, so that it uses the container as it is configured now.',
  });
}

function forbidden(): FairleadError {
  return new FairleadError('forbidden', 'The container wants a permission that you hold already.', {
    help: 'Ask whoever runs it for access, or sign in anew with `fairlead auth <name>`.',
  });
}

function wantsMoreThanIdentity(): FairleadError {
  return new FairleadError('forbidden', 'The container wants a scope of the identity provider.', {
    help: 'If you trust it with that, add it again with --scope. If not, ask whoever runs it for access.',
  });
}
