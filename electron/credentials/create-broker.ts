/** Stop 5: attaches each container's credential to its requests. The only holder of secrets besides the vault. */
import { byPlatform } from '../../shared/container.ts';
import { FairleadError } from '../../shared/errors.ts';
import { createListeners } from '../runtime/listeners.ts';
import { unfitSecret, withGiven, withStored } from './api-key.ts';
import { authorizedSend } from './authorized-send.ts';
import type { Broker, CredentialOwner, SignInWatch } from './broker.ts';
import { parseChallenge } from './discovery/challenge.ts';
import type { Challenge } from './discovery/discovered.ts';
import type { Send } from './exchange.ts';
import { HeldSecret } from './held-secret.ts';
import type { MachineSession } from './machine-session.ts';
import { OAuthSession } from './oauth-session.ts';
import type { OAuthParts } from './begin-session.ts';
import { createPlatform } from './platform/create-platform.ts';
import { createCertificates } from './certificates/certificates.ts';
import type { IssueCertificate } from './certificates/platform-certificate.ts';
import { createSessions } from './sessions.ts';
import { declared, presenceWhenAsked, whenAsked } from './undeclared.ts';
import { signInWay } from './sign-in-way.ts';
import { vaultKey } from './vault-key.ts';
import type { Vault } from './vault.ts';

const challengeMs = 10_000;
/** For containers that the platform issues tokens for. */
const checkServer =
  'Check that its server takes tokens of this platform, for this user and its address; `fairlead platform add` says how.';

/**
 * @param deps.oauth what sign-ins need
 * @param deps.issue asks the platform for client certificates; left out, it issues none
 * @param deps.renewAt see PlatformCertificate
 */
export function createBroker(deps: {
  vault: Vault;
  oauth: OAuthParts;
  issue?: IssueCertificate;
  renewAt?: () => number;
}): Broker {
  const { vault, oauth, renewAt, issue = () => Promise.reject(issuesNone()) } = deps;
  const held = new Map<string, HeldSecret>();
  const sessions = createSessions(vault, oauth);
  const platform = createPlatform(vault, oauth, { issue, renewAt });
  const { clock, logger } = oauth;
  const certificates = createCertificates({
    vault,
    clock,
    logger,
    issued: (id) => platform.certificateOf(id),
  });

  const heldFor = (owner: CredentialOwner): HeldSecret => {
    const key = vaultKey(owner);
    const known = held.get(key);
    if (known !== undefined) return known;
    const fresh = new HeldSecret(vault, key);
    held.set(key, fresh);
    return fresh;
  };

  /** Told of keys that come and go. */
  const keys = createListeners();
  const onChange = (listener: () => void) => {
    const endings = [keys.add(listener), sessions.onChange(listener), platform.onChange(listener)];
    return () => endings.forEach((end) => end());
  };

  /** Of this session, whatever the container is configured to be later. */
  const watchOf = (session: OAuthSession | MachineSession): SignInWatch | undefined =>
    session instanceof OAuthSession
      ? {
          onChange,
          get stage() {
            return session.stage;
          },
        }
      : undefined;

  const watchOfPlatform = (owner: CredentialOwner): SignInWatch => ({
    onChange,
    get stage() {
      return platform.stage(owner);
    },
  });

  const entering = (owner: CredentialOwner, send: Send): Send => {
    const { auth } = owner.container;
    switch (auth.method) {
      case 'none':
        return owner.undeclared === true ? whenAsked(sessions.of(declared(owner)), send) : send;
      case 'api_key':
        return owner.handedIn === undefined
          ? withStored({ owner, held: heldFor(owner), header: auth.header, send })
          : withGiven({ secret: owner.handedIn, header: auth.header, send });
      case 'oauth':
      case 'client_credentials':
      case 'identity':
        return authorizedSend(sessions.of(owner), send);
      case 'platform_token':
        return authorizedSend(platform.of(owner), send, checkServer);
    }
  };

  return {
    platform,
    authenticated: (owner, send) => certificates.ahead(owner, entering(owner, send)),
    async prepare(owner) {
      const source = byPlatform(owner.container)
        ? platform.of(owner)
        : hasSession(owner)
          ? sessions.of(owner)
          : undefined;
      if (source?.usable() === undefined) await source?.ready();
    },
    certificate: (owner) => certificates.of(owner),

    async presence(owner) {
      const { auth } = owner.container;
      try {
        switch (auth.method) {
          case 'none':
            if (byPlatform(owner.container)) return await platform.presence(owner);
            return owner.undeclared === true
              ? presenceWhenAsked(await sessions.of(declared(owner)).presence())
              : 'not_needed';
          case 'api_key': {
            if (owner.handedIn !== undefined) return 'present';
            const credential = heldFor(owner);
            return (credential.current ?? (await credential.read())) === undefined ? 'missing' : 'present';
          }
          case 'oauth':
          case 'client_credentials':
          case 'identity':
            return await sessions.of(owner).presence();
          case 'platform_token':
            return await platform.presence(owner);
        }
      } catch {
        return 'unknown';
      }
    },

    watch(owner) {
      const { auth } = owner.container;
      switch (auth.method) {
        case 'none':
          if (byPlatform(owner.container)) return watchOfPlatform(owner);
          return owner.undeclared === true ? watchOf(sessions.of(declared(owner))) : undefined;
        case 'oauth':
        case 'identity':
        case 'client_credentials':
          return watchOf(sessions.of(owner));
        case 'platform_token':
          return watchOfPlatform(owner);
        case 'api_key':
          return undefined;
      }
    },

    lifetime: (owner) => (hasSession(owner) ? sessions.of(owner).lifetime : undefined),

    async examine(owner, send) {
      if (!hasSession(owner)) throw nothingToSignInTo(owner);
      const challenge = await askForChallenge(owner, send);
      const discovered = await oauth.discovery.discover(owner.container, { challenge, fresh: true });
      return signInWay(owner.container, discovered, oauth.metadataDocument);
    },

    async store(owner, secret) {
      const { auth, name } = owner.container;
      switch (auth.method) {
        case 'none':
        case 'platform_token':
          throw new FairleadError('usage', `The container ${name} is entered without a secret.`, {
            help: 'Add it with `--auth api-key` if it wants one.',
          });
        case 'api_key': {
          const unfit = unfitSecret(secret, auth.header);
          if (unfit !== undefined) throw unfit;
          await heldFor(owner).replace(secret);
          keys.tell();
          return;
        }
        case 'oauth':
        case 'client_credentials':
        case 'identity':
          await sessions.storeClientSecret(owner, secret);
      }
    },

    async holds(owner, key) {
      if (owner.container.auth.method !== 'api_key') return false;
      return (await heldFor(owner).read())?.reveal() === key.reveal();
    },

    storePassphrase: (owner, passphrase) => certificates.storePassphrase(owner, passphrase),

    async forget(owner) {
      await certificates.forget(owner);
      switch (owner.container.auth.method) {
        // A machine without a keychain must be able to forget what never had a secret.
        case 'none':
          return;
        case 'api_key':
          await heldFor(owner).erase();
          keys.tell();
          return;
        case 'oauth':
        case 'client_credentials':
        case 'identity':
          await sessions.forget(owner);
          return;
        // The account is not the container's.
        case 'platform_token':
          platform.of(owner).drop();
      }
    },

    async signIn(owner, { fresh = false, send, signal } = {}) {
      if (byPlatform(owner.container)) {
        await platform.signInFor(owner, { fresh, signal });
        return;
      }
      if (!hasSession(owner)) throw nothingToSignInTo(owner);
      const session = sessions.of(owner);
      const challenge = send === undefined ? undefined : await askForChallenge(owner, send);
      await session.signIn({ fresh, challenge, signal });
    },

    async signOut(owner) {
      if (byPlatform(owner.container)) throw notItsOwn(owner);
      if (!hasSession(owner)) throw nothingToSignInTo(owner);
      await sessions.of(owner).signOut();
    },

    pending: () => sessions.pending(),
    onChange,
    async close() {
      await Promise.all([sessions.close(), platform.close()]);
    },
  };
}

/** What the container answers to a stranger. Whatever goes wrong here, discovery meets it again and names it. */
async function askForChallenge({ container }: CredentialOwner, send: Send): Promise<Challenge | undefined> {
  try {
    const response = await send({
      method: 'GET',
      url: new URL(container.url),
      headers: { accept: 'text/event-stream' },
      signal: AbortSignal.timeout(challengeMs),
      lane: 'signal',
    });
    response.discard();
    return response.status === 401 ? parseChallenge(response.header('www-authenticate')) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether its tokens are its own, from an issuer that it names. */
function hasSession({ container: { auth } }: CredentialOwner): boolean {
  return ['oauth', 'identity', 'client_credentials'].includes(auth.method);
}

function issuesNone(): FairleadError {
  return new FairleadError('certificate_unavailable', 'No platform issues client certificates here.');
}

function nothingToSignInTo({ container }: CredentialOwner): FairleadError {
  return new FairleadError('usage', `Nobody signs in to the container ${container.name}.`, {
    help: 'Add it with `--auth oauth` if it wants a sign-in.',
  });
}

function notItsOwn({ container }: CredentialOwner): FairleadError {
  return new FairleadError('usage', `The container ${container.name} has no sign-in of its own.`, {
    help: 'It is entered with your platform account; `fairlead logout` signs out of that.',
  });
}
