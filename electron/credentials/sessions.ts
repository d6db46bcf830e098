/** All containers that are signed in to: one session for each, shared by every client. */
import { FairleadError } from '../../shared/errors.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Secret } from '../runtime/secret.ts';
import type { CredentialOwner, PendingSignIn } from './broker.ts';
import { createClientStore } from './client-store.ts';
import { HeldSecret } from './held-secret.ts';
import { MachineSession } from './machine-session.ts';
import { OAuthSession } from './oauth-session.ts';
import { openBrowser } from './sign-in/open-browser.ts';
import type { SignInDeps } from './sign-in/sign-in.ts';
import type { Prompt } from './sign-in/prompt.ts';
import { createTokenStore } from './token-store.ts';
import { clientSecretKey, settingsDigest, tokenKey } from './vault-key.ts';
import type { Vault } from './vault.ts';

export interface OAuthParts extends Omit<SignInDeps, 'clients'> {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Names the program that opens URLs. */
  readonly env: NodeJS.ProcessEnv;
  /** Shows the person a line where no browser shows them the way. */
  readonly print: (line: string) => void;
  /** How long a request waits for the person; default 45 s. */
  readonly waitMs?: number;
}

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
  readonly secret: HeldSecret;
  /** By the last connection that brought one. */
  handedIn: Secret | undefined;
}

export function createSessions(vault: Vault, parts: OAuthParts): Sessions {
  const entries = new Map<string, Entry>();
  const listeners = new Set<() => void>();
  const clients = createClientStore(vault);
  const onChange = () => {
    for (const listener of [...listeners]) listener();
  };

  const begin = (owner: CredentialOwner): Entry => {
    const secret = new HeldSecret(vault, clientSecretKey(owner));
    const clientSecret = async () => entry.handedIn ?? secret.current ?? (await secret.read());
    const { container } = owner;
    const deps = { ...parts, clientSecret };
    const session =
      container.auth.method === 'client_credentials'
        ? new MachineSession(deps, owner)
        : new OAuthSession(
            {
              ...deps,
              clients,
              store: createTokenStore(vault, owner),
              logger: parts.logger.with({ container: container.name }),
              display: (prompt) => display(prompt, owner, parts),
              onChange,
              waitMs: parts.waitMs ?? 45_000,
            },
            owner,
          );
    const entry: Entry = { settings: settingsDigest(owner), session, secret, handedIn: owner.handedIn };
    return entry;
  };

  const entryOf = (owner: CredentialOwner): Entry => {
    const key = tokenKey(owner);
    const settings = settingsDigest(owner);
    const known = entries.get(key);
    if (known?.settings === settings) {
      known.handedIn = owner.handedIn ?? known.handedIn;
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
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      await Promise.all([...entries.values()].map(({ session }) => session.close()));
    },
  };
}

function display(
  { kind, url, userCode }: Prompt,
  { container }: CredentialOwner,
  { env, print }: Pick<OAuthParts, 'env' | 'print'>,
): void {
  if (kind === 'device')
    print(`To sign in to ${container.name}, open ${url} and enter the code ${userCode ?? ''}`);
  else
    openBrowser(new URL(url), {
      env,
      unopened: (open) => print(`To sign in to ${container.name}, open ${open}`),
    });
}
