/** The client secret of one container and the issuer that has accepted it: no other that a server names is shown it. */
import { FairleadError } from '../../shared/errors.ts';
import { Secret } from '../runtime/secret.ts';
import type { CredentialOwner } from './broker.ts';
import type { Discovered } from './discovery/discovered.ts';
import { HeldSecret } from './held-secret.ts';
import { clientSecretIssuerKey, clientSecretKey } from './vault-key.ts';
import type { Vault } from './vault.ts';

type Issuing = Pick<Discovered, 'server' | 'source' | 'identity'>;

/** One reading of it. */
export interface BoundSecret {
  readonly secret: Secret;
  /** Asked before it is shown to an issuer. Throws discovery_refused where another has accepted it; keychain errors. */
  check(issuing: Issuing): Promise<void>;
  /** Told of the issuer that has accepted it. Never throws: what the vault does not take is written next time. */
  accepted(issuing: Issuing): Promise<void>;
}

export class ClientSecret {
  readonly #stored: HeldSecret;
  readonly #storedIssuer: HeldSecret;
  /** Of this core alone: what was handed in is never stored, nor is whom it was shown to. */
  #issuer: string | undefined;
  #handedIn: Secret | undefined;

  constructor(vault: Vault, owner: CredentialOwner) {
    this.#stored = new HeldSecret(vault, clientSecretKey(owner));
    this.#storedIssuer = new HeldSecret(vault, clientSecretIssuerKey(owner));
    this.#handedIn = owner.handedIn;
  }

  /** By the last connection that brought one. */
  handIn(secret: Secret | undefined): void {
    this.#handedIn = secret ?? this.#handedIn;
  }

  /** Throws keychain errors. */
  async read(): Promise<BoundSecret | undefined> {
    const handedIn = this.#handedIn;
    const secret = handedIn ?? this.#stored.current ?? (await this.#stored.read());
    return (
      secret && {
        secret,
        check: async (issuing) => {
          const { server } = issuing;
          const before = isChosenByServer(issuing) ? await this.#acceptedBy(handedIn) : undefined;
          if (before !== undefined && !isSame(before, server.issuer))
            throw anotherIssuer(before, server.issuer, handedIn !== undefined);
        },
        accepted: async (issuing) => {
          if (isChosenByServer(issuing)) await this.#bind(secret, issuing.server.issuer);
        },
      }
    );
  }

  /** The person gives it, for whoever the container leads to by now. Throws keychain errors. */
  async replace(secret: Secret): Promise<void> {
    await this.#stored.replace(secret);
    await this.#unbind();
  }

  /** Throws keychain errors. */
  async erase(): Promise<void> {
    await this.#stored.erase();
    await this.#unbind();
  }

  async #unbind(): Promise<void> {
    this.#issuer = undefined;
    await this.#storedIssuer.erase();
  }

  async #acceptedBy(handedIn: Secret | undefined): Promise<string | undefined> {
    if (this.#issuer !== undefined || handedIn !== undefined) return this.#issuer;
    return (this.#storedIssuer.current ?? (await this.#storedIssuer.read()))?.reveal();
  }

  async #bind(secret: Secret, issuer: string): Promise<void> {
    const isHandedIn = secret === this.#handedIn;
    // Erased meanwhile, or given anew.
    if (!isHandedIn && secret !== this.#stored.current) return;
    this.#issuer = issuer;
    if (isHandedIn || this.#storedIssuer.current !== undefined) return;
    await this.#storedIssuer.replace(new Secret(issuer)).catch(() => undefined);
  }
}

/** What the person gave themselves is theirs to change. */
function isChosenByServer({ source, identity }: Issuing): boolean {
  return source !== 'explicit' && identity === undefined;
}

function isSame(one: string, other: string): boolean {
  return one === other || (URL.canParse(one) && new URL(one).href === new URL(other).href);
}

function anotherIssuer(before: string, now: string, isHandedIn: boolean): FairleadError {
  const [old, other] = [new URL(before).host, new URL(now).host];
  const where = old === other ? `another issuer at ${other}` : other;
  const again = isHandedIn
    ? 'end the core with `fairlead stop`, and restart the client'
    : 'remove the container, and add it again with the secret';
  return new FairleadError(
    'discovery_refused',
    `This container's client secret was accepted by ${old}; the container now leads to ${where}, which was not sent it.`,
    {
      help: `Ask whoever runs the container whether that is right. If it is, ${again}; if it is not, leave it alone.`,
    },
  );
}
