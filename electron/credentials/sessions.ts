/** All containers that are signed in to: one session for each, shared by every client. */
import { FairleadError } from '../../shared/errors.ts';
import { createListeners } from '../runtime/listeners.ts';
import type { Secret } from '../runtime/secret.ts';
import type { CredentialOwner, PendingSignIn } from './broker.ts';
import { beginSession, recordFor, type OAuthParts } from './begin-session.ts';
import { ClientSecret } from './client-secret.ts';
import { MachineSession } from './machine-session.ts';
import { OAuthSession } from './oauth-session.ts';
import { settingsDigest, tokenKey } from './vault-key.ts';
import type { Vault } from './vault.ts';

export interface Sessions {
  of(owner: CredentialOwner): OAuthSession | MachineSession;
  /** Throws usage and keychain errors. */
  storeClientSecret(owner: CredentialOwner, secret: Secret): Promise<void>;
  /** Signs out and deletes the client secret too. Throws keychain errors. */
  forget(owner: CredentialOwner): Promise<void>;
  pending(): PendingSignIn[];
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}

interface Entry {
  readonly settings: string;
  readonly session: OAuthSession | MachineSession;
  readonly secret: ClientSecret;
}

export function createSessions(vault: Vault, parts: OAuthParts): Sessions {
  const entries = new Map<string, Entry>();
  const listeners = createListeners();

  const begin = (owner: CredentialOwner): Entry => {
    const secret = new ClientSecret(vault, owner);
    const { container } = owner;
    const deps = { ...parts, clientSecret: () => secret.read() };
    const session =
      container.auth.method === 'client_credentials'
        ? new MachineSession({ ...deps, record: recordFor(owner, parts.audit) }, owner)
        : beginSession(owner, { ...deps, vault, onChange: listeners.tell });
    return { settings: settingsDigest(owner), session, secret };
  };

  const entryOf = (owner: CredentialOwner): Entry => {
    const key = tokenKey(owner);
    const settings = settingsDigest(owner);
    const known = entries.get(key);
    if (known?.settings === settings) {
      known.secret.handIn(owner.handedIn);
      return known;
    }
    // Configured anew: what the old session holds is not for the new address. The new one purges the vault.
    void known?.session.close();
    const fresh = begin(owner);
    entries.set(key, fresh);
    return fresh;
  };

  return {
    of: (owner) => entryOf(owner).session,
    async storeClientSecret(owner, secret) {
      if (secret.reveal().trim() === '') throw new FairleadError('usage', 'The client secret is empty.');
      await entryOf(owner).secret.replace(secret);
    },
    async forget(owner) {
      const { session, secret } = entryOf(owner);
      await session.signOut();
      // Somebody may be about to sign in to it.
      await session.close();
      await secret.erase();
      entries.delete(tokenKey(owner));
    },
    pending() {
      const open = [...entries.values()].flatMap(({ session }) =>
        session instanceof OAuthSession && session.open !== undefined ? [session.open] : [],
      );
      return open.flatMap(({ container, since, prompt }) =>
        prompt === undefined ? [] : [{ container, since, ...prompt }],
      );
    },
    onChange: listeners.add,
    async close() {
      await Promise.all([...entries.values()].map(({ session }) => session.close()));
    },
  };
}
