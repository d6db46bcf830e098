/** The records of sign-ins in the vault. */
import type { CredentialOwner } from './broker.ts';
import { parseRecord, serializeRecord, type TokenRecord } from './token-record.ts';
import { settingsDigest, tokenKey } from './vault-key.ts';
import type { Vault } from './vault.ts';

/** What was found under an owner's key. `foreign`: made for another address or other settings, never to be used. */
export type Found =
  | { readonly status: 'none' }
  | { readonly status: 'record'; readonly record: TokenRecord }
  | { readonly status: 'foreign'; readonly record: TokenRecord };

/** Of one owner. Each throws keychain errors. */
export interface TokenStore {
  read(): Promise<Found>;
  write(record: TokenRecord): Promise<void>;
  /** Idempotent. */
  delete(): Promise<void>;
}

export function createTokenStore(vault: Vault, owner: CredentialOwner): TokenStore {
  const key = tokenKey(owner);
  const settings = settingsDigest(owner);
  return {
    async read() {
      const stored = await vault.read(key);
      const record = stored === undefined ? undefined : parseRecord(stored);
      if (record === undefined) return { status: 'none' };
      const fits = record.settings === settings && record.account === owner.container.account;
      return { status: fits ? 'record' : 'foreign', record };
    },
    write: (record) => vault.write(key, serializeRecord(record)),
    delete: () => vault.delete(key),
  };
}
