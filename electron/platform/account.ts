/** Beside the path: the person's platform account, from signing in to it to who it says they are. */
import type { PlatformAccount } from '../../shared/platform-control.ts';
import { FairleadError } from '../../shared/errors.ts';
import type { PlatformGrant } from '../../shared/platform.ts';
import type { AccountStatus } from '../../shared/status.ts';
import type { Broker, Presence } from '../credentials/broker.ts';
import type { Clock } from '../runtime/clock.ts';
import type { PlatformClient } from './client.ts';
import type { PlatformHomes } from './homes.ts';

export interface Account {
  /** @throws FairleadError usage where no platform is known, and what kept the person from signing in */
  login(terms: {
    issuer?: string | undefined;
    grant?: PlatformGrant | undefined;
    fresh: boolean;
    signal?: AbortSignal;
  }): Promise<PlatformAccount>;
  /** @returns the platform's issuer, where there is one. Throws keychain errors. */
  logout(): Promise<string | undefined>;
  /** The platform that is signed in to. Throws sign_in_needed. */
  issuer(): Promise<string>;
  /** Asks the platform. Throws sign_in_needed, and what keeps it from answering. */
  whoami(): Promise<PlatformAccount>;
  /** As far as it is known without asking the platform. Never throws. */
  status(): Promise<AccountStatus | undefined>;
}

const states: Record<Presence, AccountStatus['state']> = {
  not_needed: 'signed_out',
  missing: 'signed_out',
  signing_in: 'signing_in',
  present: 'signed_in',
  expired: 'expired',
  unknown: 'unknown',
};

/** Between two times that the platform is asked for a name that nobody waits for. */
const askAgainMs = 60_000;

export function createAccount(deps: {
  broker: Pick<Broker, 'platform' | 'onChange'>;
  client: PlatformClient;
  homes: PlatformHomes;
  clock: Clock;
}): Account {
  const { broker, client, homes, clock } = deps;
  const { platform } = broker;
  let askedAt = -Infinity;

  const describe = async (issuer: string): Promise<PlatformAccount> => {
    const { id, email, plan_tier } = await client.me(issuer);
    homes.nameAccount(issuer, email);
    return { issuer, id, email, plan_tier };
  };

  const issuer = async () => {
    const account = await platform.account();
    if (account === undefined) throw noPlatform('sign_in_needed');
    if (account.presence !== 'present' && account.presence !== 'unknown') throw signedOut();
    return account.issuer;
  };

  /** A sign-in that a container's client led to has nobody who asks whose it was. */
  const learnName = async () => {
    if (homes.current()?.email !== undefined || clock.elapsed() - askedAt < askAgainMs) return;
    const account = await platform.account();
    if (account?.presence !== 'present') return;
    askedAt = clock.elapsed();
    await describe(account.issuer);
  };
  broker.onChange(() => void learnName().catch(() => undefined));

  return {
    async login({ issuer: home = homes.current()?.issuer, grant, fresh, signal }) {
      if (home === undefined) throw noPlatform('usage');
      const before = homes.current();
      const usual = before?.issuer === home ? before.grant : 'code';
      await platform.signIn({ issuer: home, grant: grant ?? usual }, { fresh, signal });
      return describe(home);
    },
    async logout() {
      const issuer = homes.current()?.issuer;
      await platform.signOut();
      if (issuer !== undefined) homes.nameAccount(issuer, undefined);
      return issuer;
    },
    issuer,
    whoami: async () => describe(await issuer()),
    async status() {
      const account = await platform.account().catch(() => undefined);
      if (account === undefined) return undefined;
      const { issuer, presence, prompt } = account;
      const email = homes.current()?.email;
      return {
        issuer,
        state: states[presence],
        ...(email !== undefined && { email }),
        ...(prompt !== undefined && {
          signIn: { url: prompt.url, ...(prompt.userCode !== undefined && { userCode: prompt.userCode }) },
        }),
      };
    },
  };
}

function noPlatform(code: 'usage' | 'sign_in_needed'): FairleadError {
  return new FairleadError(code, 'No platform is known.', {
    help: 'Run `fairlead login --platform <issuer>`, or set FAIRLEAD_PLATFORM.',
  });
}

function signedOut(): FairleadError {
  return new FairleadError('sign_in_needed', 'You are not signed in to the platform.', {
    help: 'Run `fairlead login`.',
  });
}
