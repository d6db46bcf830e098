/** Our registrations at issuers (RFC 7591) in the vault, one for each issuer. */
import { Secret } from '../runtime/secret.ts';
import type { ClientRegistration } from './discovery/discovered.ts';
import { clientOf, revealedClient, storedClient } from './token-record.ts';
import { clientKey } from './vault-key.ts';
import type { Vault } from './vault.ts';

/** Each throws keychain errors. */
export interface ClientStore {
  read(issuer: string): Promise<ClientRegistration | undefined>;
  write(client: ClientRegistration): Promise<void>;
  /** Idempotent. */
  delete(issuer: string): Promise<void>;
}

export function createClientStore(vault: Vault): ClientStore {
  return {
    async read(issuer) {
      const stored = await vault.read(clientKey(issuer));
      const client = stored === undefined ? undefined : parse(stored);
      // Credentials of one issuer are never shown to another.
      return client?.issuer === issuer ? client : undefined;
    },
    write: (client) =>
      vault.write(clientKey(client.issuer), new Secret(JSON.stringify(revealedClient(client)))),
    delete: (issuer) => vault.delete(clientKey(issuer)),
  };
}

function parse(stored: Secret): ClientRegistration | undefined {
  try {
    return clientOf(storedClient.parse(JSON.parse(stored.reveal())));
  } catch {
    return undefined;
  }
}
