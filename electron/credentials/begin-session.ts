/** Begins the session of one sign-in, a container's or the platform's, with what the core gives all of them. */
import type { AuditEvent, CredentialEvent } from '../../shared/audit.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { CredentialOwner } from './broker.ts';
import { createClientStore } from './client-store.ts';
import { OAuthSession, type OAuthSessionDeps } from './oauth-session.ts';
import { openBrowser } from './sign-in/open-browser.ts';
import type { Prompt } from './sign-in/prompt.ts';
import type { SignInDeps } from './sign-in/sign-in.ts';
import { createTokenStore } from './token-store.ts';
import type { PlatformMemory } from './platform/platform-account.ts';
import type { Vault } from './vault.ts';

export interface OAuthParts extends Omit<SignInDeps, 'clients'> {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told of what belongs on record. */
  readonly audit?: (event: AuditEvent) => void;
  /** Names the program that opens URLs. */
  readonly env: NodeJS.ProcessEnv;
  /** Shows the person a line where no browser shows them the way. */
  readonly print: (line: string) => void;
  readonly platform: PlatformMemory;
  /** How long a request waits for the person; default 45 s. */
  readonly waitMs?: number;
  /** How long a sign-in may take before clients are answered without it; default 600 ms. */
  readonly patienceMs?: number;
}

export function beginSession(
  owner: CredentialOwner,
  parts: OAuthParts &
    Pick<OAuthSessionDeps, 'clientSecret' | 'onChange' | 'onSignedIn'> & { readonly vault: Vault },
): OAuthSession {
  const { vault, logger, audit, waitMs = 45_000, patienceMs = 600 } = parts;
  return new OAuthSession(
    {
      ...parts,
      clients: createClientStore(vault),
      store: createTokenStore(vault, owner),
      logger: logger.with({ container: owner.container.name }),
      record: recordFor(owner, audit),
      display: (prompt) => display(prompt, owner, parts),
      waitMs,
      patienceMs,
    },
    owner,
  );
}

/** Puts events on record as this owner's. */
export function recordFor(
  { container: { name, account } }: CredentialOwner,
  audit: OAuthParts['audit'],
): (event: CredentialEvent) => void {
  return (event) => audit?.({ ...event, container: name, ...(account !== undefined && { account }) });
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
