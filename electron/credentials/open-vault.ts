/** Chooses where secrets are kept: `FAIRLEAD_VAULT`, and which profile's (docs/cli.md). */
import { createHash } from 'node:crypto';
import { FairleadError } from '../../shared/errors.ts';
import { profilePaths } from '../runtime/paths.ts';
import { openKeychainEntries } from './keychain-entries.ts';
import { keychainKind } from './keychain-errors.ts';
import { createKeychainVault } from './keychain-vault.ts';
import { createMemoryVault } from './memory-vault.ts';
import type { Vault } from './vault.ts';

/**
 * Does not touch the keychain yet.
 * @param options.home the profile's folder, absolute
 * @throws FairleadError usage, when `FAIRLEAD_VAULT` names no vault
 */
export function openVault(options: { env: NodeJS.ProcessEnv; home: string }): Vault {
  const kind = keychainKind(process.platform);
  switch (options.env['FAIRLEAD_VAULT'] ?? '') {
    case '':
    case 'keychain':
      return createKeychainVault(openKeychainEntries({ service: serviceOf(options.home), kind }), kind);
    case 'memory':
      return createMemoryVault();
    default:
      throw new FairleadError('usage', 'FAIRLEAD_VAULT names no vault.', {
        help: 'Set it to `keychain` or `memory`, or leave it unset.',
      });
  }
}

/** Two profiles are two cores that must not share secrets; only the default one has the plain name. */
export function serviceOf(home: string): string {
  if (home === profilePaths({}).home) return 'Fairlead';
  return `Fairlead ${createHash('sha256').update(home).digest('hex').slice(0, 12)}`;
}
