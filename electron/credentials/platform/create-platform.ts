/** The platform's part of the broker: one account, one sign-in to it, and from it the tokens of all its containers. */
import type { Container } from '../../../shared/container.ts';
import { FairleadError } from '../../../shared/errors.ts';
import { platformApi } from '../../../shared/platform.ts';
import { createListeners } from '../../runtime/listeners.ts';
import { causeName } from '../../runtime/logger.ts';
import { authorizedSend } from '../authorized-send.ts';
import { beginSession, type OAuthParts } from '../begin-session.ts';
import type { CredentialOwner, PlatformAccess, Presence, SignInStage } from '../broker.ts';
import { canonicalResource } from '../discovery/resource-metadata.ts';
import type { OAuthSession } from '../oauth-session.ts';
import { createCertificateStore } from '../certificates/certificate-store.ts';
import { PlatformCertificate, type PlatformCertificateDeps } from '../certificates/platform-certificate.ts';
import type { Vault } from '../vault.ts';
import { ContainerTokens } from './container-tokens.ts';
import { accountOwner, createPlatformDiscovery, type PlatformHome } from './platform-account.ts';

export interface Platform extends PlatformAccess {
  of(owner: CredentialOwner): ContainerTokens;
  /** The client certificate of one of its containers. */
  certificateOf(id: string): PlatformCertificate;
  /** Whether a request could be authenticated now. Throws keychain errors. */
  presence(owner: CredentialOwner): Promise<Presence>;
  stage(owner: CredentialOwner): SignInStage;
  /** Signs in to the platform of a container. Throws as `signIn`. */
  signInFor(
    owner: CredentialOwner,
    terms: { fresh: boolean; signal: AbortSignal | undefined },
  ): Promise<void>;
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}

export function createPlatform(
  vault: Vault,
  parts: OAuthParts,
  issuing: Pick<PlatformCertificateDeps, 'issue' | 'renewAt'>,
): Platform {
  const { platform: memory, clock } = parts;
  const accounts = new Map<string, OAuthSession>();
  const containers = new Map<string, ContainerTokens>();
  const changes = new Map<string, number>();
  const listeners = createListeners();
  const discovery = createPlatformDiscovery(parts.fetch);

  const certificates = new Map<string, PlatformCertificate>();
  const store = createCertificateStore(vault);

  /** Nothing that was issued to one person is ever used for another. Throws keychain errors. */
  const dropIssued = async (issuer: string) => {
    for (const tokens of containers.values()) tokens.drop();
    for (const certificate of certificates.values()) certificate.drop();
    await store.deleteAll(issuer);
  };

  const changed = (issuer: string) => void changes.set(issuer, (changes.get(issuer) ?? 0) + 1);

  const begin = ({ issuer, grant }: PlatformHome): OAuthSession => {
    const session = beginSession(accountOwner({ issuer, grant }), {
      ...parts,
      discovery,
      vault,
      clientSecret: () => Promise.resolve(undefined),
      onChange: listeners.tell,
      onSignedIn() {
        changed(issuer);
        // It may be somebody else who has signed in anew.
        dropIssued(issuer).catch((thrown: unknown) => {
          parts.logger.warn('certificate.kept', { cause: causeName(thrown) });
        });
        memory.remember({ issuer, grant: session.grant });
      },
    });
    accounts.set(issuer, session);
    return session;
  };
  const accountAt = (home: PlatformHome) => accounts.get(home.issuer) ?? begin(home);

  /** @throws FairleadError sign_in_needed, config_invalid */
  const currentHome = (): PlatformHome => {
    const home = memory.current();
    if (home === undefined) throw noPlatform();
    return home;
  };

  /** Throws as `currentHome`. */
  const homeOf = ({ auth }: Container): PlatformHome => {
    const current = memory.current();
    const named = auth.method === 'platform_token' ? auth.issuer : undefined;
    if (named !== undefined && current !== undefined && named !== current.issuer) throw otherPlatform(named);
    const home = current ?? (named === undefined ? undefined : { issuer: named, grant: 'code' as const });
    if (home === undefined) throw noPlatform();
    return home;
  };

  const signOutOf = async (home: PlatformHome) => {
    changed(home.issuer);
    await Promise.all([dropIssued(home.issuer), accountAt(home).signOut()]);
    listeners.tell();
  };

  const signIn: PlatformAccess['signIn'] = async (home, { fresh = false, signal } = {}) => {
    const before = memory.current();
    const { grant } = home;
    await accountAt(home).signIn({ fresh, grant, signal });
    if (before?.issuer === home.issuer) return;
    memory.remember(home);
    // Not before: who gives up on the new one still has the old one.
    if (before !== undefined) await signOutOf(before);
  };

  return {
    of(owner) {
      const { container } = owner;
      const { scope, issuer } = container.auth.method === 'platform_token' ? container.auth : {};
      const target = { resource: canonicalResource(new URL(container.url)), scope };
      const key = JSON.stringify([target.resource, scope, issuer]);
      const known = containers.get(key);
      if (known !== undefined) return known;
      const tokens = new ContainerTokens({ clock, account: () => accountAt(homeOf(container)) }, target);
      containers.set(key, tokens);
      return tokens;
    },
    certificateOf(id) {
      const known = certificates.get(id);
      if (known !== undefined) return known;
      const certificate = new PlatformCertificate({
        ...{ ...issuing, clock, store, logger: parts.logger },
        place: () => ({ issuer: currentHome().issuer, containerId: id }),
        waitForSignIn: (request) => accountAt(currentHome()).waitForSignIn(request),
      });
      certificates.set(id, certificate);
      return certificate;
    },
    async presence({ container }) {
      try {
        return await accountAt(homeOf(container)).presence();
      } catch (thrown) {
        if (thrown instanceof FairleadError && thrown.code === 'sign_in_needed') return 'missing';
        throw thrown;
      }
    },
    stage({ container }) {
      try {
        return accountAt(homeOf(container)).stage;
      } catch {
        return 'signed_out';
      }
    },
    async account() {
      // It may be that of a platform that the person is about to change to.
      const open = [...accounts].find(([, session]) => session.open !== undefined);
      const issuer = memory.current()?.issuer ?? open?.[0];
      if (issuer === undefined) return undefined;
      const session = accountAt(memory.current() ?? { issuer, grant: 'code' });
      const presence = await session.presence().catch(() => 'unknown' as const);
      return { issuer, presence, changes: changes.get(issuer) ?? 0, prompt: open?.[1].open?.prompt };
    },
    signIn,
    signInFor: ({ container }, terms) => signIn(homeOf(container), terms),
    async signOut() {
      const home = memory.current();
      if (home !== undefined) await signOutOf(home);
    },
    authenticated: (send) => async (request) => {
      const home = currentHome();
      // The account may be another one since the address was made up: a token goes to its own platform alone.
      if (!request.url.href.startsWith(`${platformApi(home.issuer)}/`)) throw otherPlatform(home.issuer);
      return authorizedSend(accountAt(home), send)(request);
    },
    onChange: listeners.add,
    async close() {
      for (const certificate of certificates.values()) certificate.close();
      await Promise.all([...accounts.values()].map((session) => session.close()));
    },
  };
}

function noPlatform(): FairleadError {
  return new FairleadError('sign_in_needed', 'You are not signed in to a platform.', {
    help: 'Run `fairlead login --platform <issuer>`.',
  });
}

function otherPlatform(issuer: string): FairleadError {
  return new FairleadError(
    'sign_in_needed',
    'This belongs to another platform than the one you are signed in to.',
    {
      help: `Run \`fairlead login --platform ${issuer}\`, which signs you out of the other one.`,
    },
  );
}
