/** The platform account, as the control API signs in to it and out of it for the person who asked. */
import { FairleadError } from '../../shared/errors.ts';
import type { ControlDeps } from './deps.ts';
import type { Handlers } from './handler-types.ts';

type PlatformHandlers = Pick<Handlers, 'platform.login' | 'platform.logout' | 'platform.account'>;

export function createPlatformHandlers({ account }: Pick<ControlDeps, 'account'>): PlatformHandlers {
  return {
    'platform.login': (terms, { signal }) =>
      account.login({ ...terms, signal }).catch((thrown: unknown) => {
        throw toldOfPlatform(thrown);
      }),
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
