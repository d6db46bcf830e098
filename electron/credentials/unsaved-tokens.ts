/** New tokens on their way into the vault: saved one set after the other, and kept until the vault has taken them. */
import type { AccessToken } from './access-token.ts';
import type { TokenRecord } from './token-record.ts';

export interface NewTokens {
  readonly record: TokenRecord;
  readonly origin: 'refresh' | 'sign_in';
}

export interface UnsavedTokensDeps {
  /** Into the vault. Throws keychain errors. */
  readonly write: (tokens: NewTokens) => Promise<void>;
  /** They may be used from now on. */
  readonly saved: (tokens: NewTokens) => AccessToken;
}

export class UnsavedTokens {
  readonly #deps: UnsavedTokensDeps;
  /** The only copy of tokens that the vault has not taken yet. */
  #latest: NewTokens | undefined;
  #saving: { readonly what: NewTokens; readonly done: Promise<AccessToken> } | undefined;

  constructor(deps: UnsavedTokensDeps) {
    this.#deps = deps;
  }

  get latest(): NewTokens | undefined {
    return this.#latest;
  }

  /** Throws keychain errors; then they are kept, to be saved at the next chance. */
  add(tokens: NewTokens): Promise<AccessToken> {
    this.#latest = tokens;
    return this.#save(tokens);
  }

  /** @returns undefined when nothing has to be saved. Throws as `add` does */
  save(): Promise<AccessToken> | undefined {
    return this.#latest && this.#save(this.#latest);
  }

  #save(tokens: NewTokens): Promise<AccessToken> {
    const before = this.#saving;
    if (before?.what === tokens) return before.done;
    const done = this.settled().then(() => this.#saveOnce(tokens));
    const saving = { what: tokens, done };
    this.#saving = saving;
    const end = () => {
      if (this.#saving === saving) this.#saving = undefined;
    };
    done.then(end, end);
    return done;
  }

  async #saveOnce(tokens: NewTokens): Promise<AccessToken> {
    await this.#deps.write(tokens);
    if (this.#latest === tokens) this.#latest = undefined;
    return this.#deps.saved(tokens);
  }

  /** Resolves when what is being written now is written, or is not. */
  async settled(): Promise<void> {
    await this.#saving?.done.catch(() => undefined);
  }

  forget(): void {
    this.#latest = undefined;
  }
}
