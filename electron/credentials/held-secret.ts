/** One stored secret as the core holds it: read from the vault once, then kept in memory. */
import type { Secret } from '../runtime/secret.ts';
import type { Vault } from './vault.ts';

export class HeldSecret {
  readonly #vault: Vault;
  readonly #key: string;
  #current: Secret | undefined;
  #reading: Promise<Secret | undefined> | undefined;

  constructor(vault: Vault, key: string) {
    this.#vault = vault;
    this.#key = key;
  }

  /** What is held, without asking the vault. */
  get current(): Secret | undefined {
    return this.#current;
  }

  /** Asks the vault, once for all who ask meanwhile. */
  read(): Promise<Secret | undefined> {
    if (this.#reading !== undefined) return this.#reading;
    const reading = this.#vault.read(this.#key);
    this.#reading = reading;
    // What was stored or erased in the meantime is newer than this answer.
    const settle = (secret: Secret | undefined) => {
      if (this.#reading === reading) this.#hold(secret);
    };
    reading.then(settle, () => settle(undefined));
    return reading;
  }

  /** Lets go of a secret that was refused, so that the next request sees what the vault has by then. */
  release(refused: Secret): void {
    if (this.#current === refused) this.#current = undefined;
  }

  async replace(secret: Secret): Promise<void> {
    await this.#vault.write(this.#key, secret);
    this.#hold(secret);
  }

  async erase(): Promise<void> {
    this.#hold(undefined);
    await this.#vault.delete(this.#key);
    this.#hold(undefined);
  }

  #hold(secret: Secret | undefined): void {
    this.#current = secret;
    this.#reading = undefined;
  }
}
