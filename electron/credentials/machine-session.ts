/** One container that a machine enters by itself (client credentials): tokens in memory, asked for once for all clients. */
import type { CredentialEvent } from '../../shared/audit.ts';
import { FairleadError } from '../../shared/errors.ts';
import type { Clock } from '../runtime/clock.ts';
import { AccessToken, renewalDueAt, type Refusal, type TokenSource } from './access-token.ts';
import type { CredentialOwner, Lifetime, Presence } from './broker.ts';
import type { BoundSecret } from './client-secret.ts';
import type { Challenge, Discovery, GuardedFetch } from './discovery/discovered.ts';
import { unionScope } from './discovery/scope.ts';
import { Pause } from './pause.ts';
import { grantByClientCredentials } from './sign-in/client-credentials-grant.ts';
import { revokeTokens } from './sign-in/revoke.ts';
import { recordOfGrant, type TokenRecord } from './token-record.ts';
import { settingsDigest } from './vault-key.ts';

export interface MachineSessionDeps {
  readonly discovery: Discovery;
  readonly fetch: (owner: CredentialOwner['container']) => GuardedFetch;
  readonly clock: Clock;
  readonly clientSecret: () => Promise<BoundSecret | undefined>;
  readonly record: (event: CredentialEvent) => void;
}

interface Granting {
  /** What it asks for in place of the scope that is held; undefined: no more than that. */
  readonly wider: string | undefined;
  readonly token: Promise<AccessToken>;
}

export class MachineSession implements TokenSource {
  readonly #deps: MachineSessionDeps;
  readonly #owner: CredentialOwner;
  readonly #closing = new AbortController();
  #record: TokenRecord | undefined;
  #token: AccessToken | undefined;
  #dueAt = 0;
  readonly #pause: Pause;
  #granting: Granting | undefined;
  #challenge: Challenge | undefined;
  /** That was granted in place of the one that was discovered. */
  #scope: string | undefined;

  constructor(deps: MachineSessionDeps, owner: CredentialOwner) {
    this.#deps = deps;
    this.#owner = owner;
    this.#pause = new Pause(deps.clock);
  }

  usable(): AccessToken | undefined {
    return this.#deps.clock.now() < this.#dueAt ? this.#token : undefined;
  }

  async ready(): Promise<AccessToken | undefined> {
    // The first request goes without: the container's challenge says where to ask, and for what.
    const token = this.#token;
    if (token === undefined) return undefined;
    const granting = this.#grant();
    if (this.#isExpired()) return granting.catch(() => token);
    granting.catch(() => undefined);
    return token;
  }

  renew({ token, challenge }: Refusal): Promise<AccessToken> {
    this.#challenge = challenge ?? this.#challenge;
    const current = this.#token;
    return current !== undefined && current !== token ? Promise.resolve(current) : this.#grant();
  }

  widen({ token, challenge }: Refusal): Promise<AccessToken> {
    const held = unionScope(this.#record?.scope, undefined);
    const wider = unionScope(held, challenge?.scope);
    const current = this.#token;
    // Others have been given it since.
    if (current !== undefined && current !== token && wider === held) return Promise.resolve(current);
    return this.#grant(wider);
  }

  onAccepted(): void {
    // Nobody was asked for anything: there is nothing to end.
  }

  onRefused(token: AccessToken): void {
    if (token === this.#token) this.#token = undefined;
  }

  async presence(): Promise<Presence> {
    const { auth } = this.#owner.container;
    const byKey = auth.method === 'client_credentials' && auth.privateKey !== undefined;
    return byKey || (await this.#deps.clientSecret()) !== undefined ? 'present' : 'missing';
  }

  get lifetime(): Lifetime | undefined {
    return this.#record && { expiresAt: this.#record.expiresAt, renewable: true };
  }

  /** Asks for a token, to see that it works. */
  async signIn(): Promise<void> {
    await this.#grant();
  }

  async signOut(): Promise<void> {
    const record = this.#record;
    this.#deps.discovery.forget(this.#owner.container);
    this.#record = this.#token = this.#scope = undefined;
    this.#dueAt = 0;
    if (record !== undefined) await revokeTokens(record, this.#deps.fetch(this.#owner.container));
  }

  close(): Promise<void> {
    this.#closing.abort(new FairleadError('core_stopping', "Fairlead's core is being stopped."));
    return Promise.resolve();
  }

  /** One request to the issuer for all who ask for the same, one after the other for those who do not. */
  #grant(wider?: string): Promise<AccessToken> {
    const open = this.#granting;
    if (open !== undefined && open.wider === wider) return open.token;
    const ask = () => this.#grantUnlessPaused(wider);
    const asked = open === undefined ? ask() : open.token.then(wider === undefined ? undefined : ask, ask);
    const granting: Granting = {
      wider,
      token: asked.finally(() => {
        if (this.#granting === granting) this.#granting = undefined;
      }),
    };
    this.#granting = granting;
    return granting.token;
  }

  async #grantUnlessPaused(wider: string | undefined): Promise<AccessToken> {
    this.#pause.check();
    const { clock, record } = this.#deps;
    const startedMs = clock.elapsed();
    const putOnRecord = (outcome: 'granted' | 'postponed' | 'refused') =>
      record({
        kind: 'token_refresh',
        outcome,
        durationMs: Math.round(clock.elapsed() - startedMs),
        ...(this.#record !== undefined && { issuer: new URL(this.#record.server.issuer).host }),
      });
    try {
      const token = await this.#grantOnce(wider);
      this.#pause.end();
      putOnRecord('granted');
      return token;
    } catch (thrown) {
      const unavailable = thrown instanceof FairleadError && thrown.code === 'token_endpoint_unavailable';
      if (unavailable) this.#pause.extend();
      putOnRecord(unavailable ? 'postponed' : 'refused');
      throw thrown;
    }
  }

  async #grantOnce(wider: string | undefined): Promise<AccessToken> {
    const { discovery, clientSecret, clock } = this.#deps;
    const { container } = this.#owner;
    const { auth } = container;
    if (auth.method !== 'client_credentials')
      throw new FairleadError('usage', 'This container is for people.');
    const secret = auth.privateKey === undefined ? await clientSecret() : undefined;
    if (auth.privateKey === undefined && secret === undefined) throw secretMissing();
    const discovered = await discovery.discover(container, { challenge: this.#challenge, fresh: false });
    await secret?.check(discovered);
    const scope = wider ?? this.#scope ?? discovered.scope;
    const granted = await grantByClientCredentials({
      discovered,
      scope,
      fetch: this.#deps.fetch(container),
      signal: this.#closing.signal,
      clientId: auth.clientId,
      proof: secret === undefined ? { keyFile: auth.privateKey ?? '' } : { secret: secret.secret },
    });
    await secret?.accepted(discovered);
    const record = recordOfGrant(granted, {
      discovered,
      account: container.account,
      settings: settingsDigest(this.#owner),
      asked: scope,
      nowMs: clock.now(),
    });
    const { accessToken, scheme, dpopKey, issuedAt, expiresAt } = record;
    this.#record = record;
    // Not before: a scope that the issuer refuses would be asked for at every renewal.
    this.#scope = wider ?? this.#scope;
    this.#dueAt = renewalDueAt(issuedAt, expiresAt);
    this.#token = new AccessToken({
      value: accessToken,
      dpopKey: scheme === 'DPoP' ? dpopKey : undefined,
      origin: 'refresh',
    });
    return this.#token;
  }

  #isExpired(): boolean {
    const expiresAt = this.#record?.expiresAt;
    return expiresAt !== undefined && this.#deps.clock.now() >= expiresAt;
  }
}

function secretMissing(): FairleadError {
  return new FairleadError('secret_missing', 'There is no client secret for this container.', {
    help: 'Give it with `--client-secret-env <VAR>`, or a key with `--private-key <file>`.',
  });
}
