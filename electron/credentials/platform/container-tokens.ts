/** One container that is entered with the platform's tokens: one at a time for all its clients, in memory only. */
import { FairleadError, SignInNeeded } from '../../../shared/errors.ts';
import type { Clock } from '../../runtime/clock.ts';
import { Secret } from '../../runtime/secret.ts';
import { AccessToken, renewalDueAt, type Refusal, type TokenSource } from '../access-token.ts';
import { unionScope } from '../discovery/scope.ts';
import type { OAuthSession } from '../oauth-session.ts';
import type { Target } from '../sign-in/refresh.ts';

interface Issued {
  readonly token: AccessToken;
  readonly scope: string | undefined;
  /** By this machine's clock: advice only, as a container's 401 decides. */
  readonly dueAt: number;
  readonly expiresAt: number;
}

export interface ContainerTokensDeps {
  readonly clock: Clock;
  /** The account whose tokens they are, now. Throws sign_in_needed where there is no platform to sign in to. */
  readonly account: () => OAuthSession;
}

export class ContainerTokens implements TokenSource {
  readonly #deps: ContainerTokensDeps;
  /** As the container is configured. */
  readonly #configured: Target;
  #target: Target;
  #issued: Issued | undefined;
  #asking: Promise<AccessToken | undefined> | undefined;
  /** How often the account has changed: what was asked for before is not used after. */
  #epoch = 0;

  constructor(deps: ContainerTokensDeps, target: Target) {
    this.#deps = deps;
    this.#configured = this.#target = target;
  }

  usable(): AccessToken | undefined {
    return this.#deps.clock.now() < (this.#issued?.dueAt ?? 0) ? this.#issued?.token : undefined;
  }

  async ready(): Promise<AccessToken | undefined> {
    const issued = this.#issued;
    const asking = this.#ask();
    if (issued === undefined) return asking;
    // Renewed beside the requests as long as the old one lasts, and the container decides whether it does.
    const renewed = asking.then(
      (token) => token ?? issued.token,
      () => issued.token,
    );
    return this.#deps.clock.now() < issued.expiresAt ? issued.token : renewed;
  }

  async renew({ token, request }: Refusal): Promise<AccessToken> {
    const current = this.#issued?.token;
    if (current !== undefined && current !== token) return current;
    const renewed = await this.#ask();
    if (renewed !== undefined) return renewed;
    await this.#deps.account().waitForSignIn(request);
    const first = await this.#ask();
    // Signed in, and signed out again: no second sign-in for the same request.
    if (first === undefined) throw new SignInNeeded(undefined);
    return first;
  }

  async widen({ token, challenge }: Refusal): Promise<AccessToken> {
    const issued = this.#issued;
    if (issued !== undefined && issued.token !== token) return issued.token;
    const held = unionScope(issued?.scope, undefined);
    const wider = unionScope(held, challenge?.scope);
    if (wider === held) throw forbidden();
    const before = this.#target;
    const epoch = this.#epoch;
    this.#target = { ...before, scope: wider };
    try {
      const widened = await this.#ask();
      if (widened !== undefined) return widened;
      throw new SignInNeeded(undefined);
    } catch (thrown) {
      if (epoch === this.#epoch) this.#target = before;
      throw thrown;
    }
  }

  onAccepted(): void {
    // The platform has accepted the sign-in when it issued the token.
  }

  onRefused(token: AccessToken): void {
    if (token === this.#issued?.token) this.#issued = undefined;
  }

  /** The account has changed, or the container is not used any more. Its tokens are short-lived and cannot be revoked. */
  drop(): void {
    this.#epoch += 1;
    this.#issued = undefined;
    this.#asking = undefined;
    // What one account was asked for more is nothing to the next.
    this.#target = this.#configured;
  }

  /** One request to the platform, whoever asks meanwhile. Undefined: nobody is signed in. */
  #ask(): Promise<AccessToken | undefined> {
    if (this.#asking !== undefined) return this.#asking;
    const asking = this.#askOnce().finally(() => {
      if (this.#asking === asking) this.#asking = undefined;
    });
    this.#asking = asking;
    return asking;
  }

  async #askOnce(): Promise<AccessToken | undefined> {
    const { account, clock } = this.#deps;
    const epoch = this.#epoch;
    const target = this.#target;
    const granted = await account().tokensFor(target).catch(inWordsOfPlatform);
    if (granted === undefined || epoch !== this.#epoch) return undefined;
    const { tokens, dpopKey } = granted;
    const token = new AccessToken({
      value: new Secret(tokens.access_token),
      dpopKey: tokens.token_type.toLowerCase() === 'dpop' ? dpopKey : undefined,
      origin: 'refresh',
    });
    const now = clock.now();
    const expiresAt = tokens.expires_in === undefined ? Infinity : now + tokens.expires_in * 1000;
    this.#issued = {
      token,
      scope: tokens.scope ?? target.scope,
      dueAt: renewalDueAt(now, expiresAt),
      expiresAt,
    };
    return token;
  }
}

function forbidden(): FairleadError {
  return new FairleadError(
    'forbidden',
    'The container wants a permission that your platform account lacks.',
    {
      help: 'Ask whoever runs it for access.',
    },
  );
}

/** People know the platform, and not that it is an authorization server. */
function inWordsOfPlatform(thrown: unknown): never {
  if (!(thrown instanceof FairleadError) || thrown.code !== 'token_endpoint_unavailable') throw thrown;
  throw new FairleadError(thrown.code, 'The platform does not issue tokens now.', {
    help: thrown.help,
    cause: thrown,
  });
}
