/** The vault that nothing outlives: `FAIRLEAD_VAULT=memory`, for machines without a keychain. */
import type { Secret } from '../runtime/secret.ts';
import type { Vault } from './vault.ts';

export function createMemoryVault(): Vault {
  const secrets = new Map<string, Secret>();
  return {
    kind: 'memory',
    read: (key) => Promise.resolve(secrets.get(key)),
    write(key, secret) {
      secrets.set(key, secret);
      return Promise.resolve();
    },
    delete(key) {
      secrets.delete(key);
      return Promise.resolve();
    },
    check: () => Promise.resolve(),
  };
}
