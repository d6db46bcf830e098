/** Beside the path: which platform is used, as the person chose it: remembered from the last sign-in, or the environment's. */
import { FairleadError } from '../../shared/errors.ts';
import { platformIssuer, type PlatformGrant, type PlatformSetting } from '../../shared/platform.ts';

/** Each throws config_invalid while `config.json` is not valid. */
export interface PlatformHomes {
  current(): PlatformSetting | undefined;
  /** Somebody has signed in there, whoever it is. */
  remember(home: { readonly issuer: string; readonly grant: PlatformGrant }): void;
  /** Remembers whose account it is, for who looks while the platform cannot be asked. Undefined: nobody's any more. */
  nameAccount(issuer: string, email: string | undefined): void;
}

/** @param deps.kept in `config.json` */
export function createPlatformHomes(deps: {
  kept: {
    platform(): PlatformSetting | undefined;
    rememberPlatform(setting: PlatformSetting): void;
  };
  env: NodeJS.ProcessEnv;
}): PlatformHomes {
  const { kept, env } = deps;
  return {
    current: () => kept.platform() ?? ofEnvironment(env),
    remember: ({ issuer, grant }) => kept.rememberPlatform({ issuer, grant }),
    nameAccount(issuer, email) {
      const known = kept.platform();
      if (known?.issuer !== issuer || known.email === email) return;
      const { grant } = known;
      kept.rememberPlatform({ issuer, grant, ...(email !== undefined && { email }) });
    },
  };
}

function ofEnvironment(env: NodeJS.ProcessEnv): PlatformSetting | undefined {
  const text = env['FAIRLEAD_PLATFORM'] ?? '';
  if (text === '') return undefined;
  const issuer = platformIssuer.safeParse(text);
  if (issuer.success) return { issuer: issuer.data, grant: 'code' };
  throw new FairleadError('config_invalid', 'The address in FAIRLEAD_PLATFORM is not that of a platform.', {
    help: 'Give its issuer: an https:// URL, or http:// for this machine.',
  });
}
