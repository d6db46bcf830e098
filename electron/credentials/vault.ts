/** Where secrets outlive the core: the operating system's keychain, or, only when asked for, this process's memory. */
import type { Secret } from '../runtime/secret.ts';

export interface Vault {
  readonly kind: 'keychain' | 'memory';
  /**
   * @param key names the secret; visible to anyone who lists the keychain, so never itself secret
   * @throws FairleadError keychain_missing, keychain_locked
   */
  read(key: string): Promise<Secret | undefined>;
  write(key: string, secret: Secret): Promise<void>;
  /** Idempotent. */
  delete(key: string): Promise<void>;
  /** Resolves when secrets can be written and read back; otherwise throws what is the matter. */
  check(): Promise<void>;
}
