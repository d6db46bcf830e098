/** The platform account, as the control API signs in to it and out of it for the person who asked. */
import { FairleadError } from '../../shared/errors.ts';
import type { ControlDeps } from './deps.ts';
import type { Handlers } from './handler-types.ts';

type PlatformHandlers = Pick<Handlers, 'platform.login' | 'platform.logout' | 'platform.account'>;

/** Who has signed in has their containers at once, where the platform is quick about it. */
const firstListMs = 5_000;

export function createPlatformHandlers({
  account,
  live,
}: Pick<ControlDeps, 'account' | 'live'>): PlatformHandlers {
  return {
    async 'platform.login'(terms, { signal }) {
      const whose = await account.login({ ...terms, signal }).catch((thrown: unknown) => {
        throw toldOfPlatform(thrown);
      });
      await live.settled(firstListMs, signal);
      return whose;
    },
    async 'platform.logout'() {
      const issuer = await account.logout();
      return issuer === undefined ? {} : { issuer };
    },
    'platform.account': () => account.whoami(),
  };
}

/** Signing in is the same as for a container, but its command is another one. */
function toldOfPlatform(thrown: unknown): unknown {
  if (!(thrown instanceof FairleadError) || thrown.help?.includes('fairlead auth') !== true) return thrown;
  const { code, message, url, cause } = thrown;
  const help = thrown.help.replaceAll('fairlead auth <name>', 'fairlead login');
  return new FairleadError(code, message, { help, url, cause });
}
