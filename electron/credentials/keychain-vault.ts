/** The vault on the operating system's keychain: each secret is one entry, or several where it is long. */
import { createHash, randomUUID } from 'node:crypto';
import { FairleadError } from '../../shared/errors.ts';
import { Secret } from '../runtime/secret.ts';
import { keychainLocked, type KeychainKind } from './keychain-errors.ts';
import type { EntryStore } from './keychain-entries.ts';
import { joinValue, parseHeader, splitValue, type Header, type Slot } from './vault-parts.ts';
import type { Vault } from './vault.ts';

/** An entry that is there whenever the keychain is open. It stays for the profile's next core. */
export const witness = 'vault:check';

/** A locked Secret Service answers every question with "no such entry": only there is such an answer doubted. */
export function createKeychainVault(entries: EntryStore, kind: KeychainKind): Vault {
  const doubtful = kind === 'secret-service';
  let last: Promise<unknown> = Promise.resolve();

  /** One operation at a time: parts of two values never mix, and the native binding is called once at a time. */
  const inTurn = <T>(operation: () => Promise<T>): Promise<T> => {
    const done = last.then(operation, operation);
    last = done;
    return done;
  };

  const proveOpen = async () => {
    if ((await entries.get(witness)) === undefined) await entries.set(witness, 'open');
  };

  /** @throws FairleadError keychain_locked rather than to say that nothing is there when that cannot be known */
  const find = async (account: string): Promise<string | undefined> => {
    const entry = await entries.get(account);
    if (entry !== undefined || !doubtful) return entry;
    await proveOpen();
    // Again: the person may have answered the unlock prompt in between.
    return entries.get(account);
  };

  const readHeader = async (account: string): Promise<Header | undefined> => {
    const entry = await find(account);
    return entry === undefined ? undefined : parseHeader(entry);
  };

  const readParts = async (account: string, header: Header): Promise<string | undefined> => {
    const parts: string[] = [];
    for (let number = 1; number <= header.parts; number += 1) {
      const part = await find(partOf(account, header.slot, number));
      if (part === undefined) return undefined;
      parts.push(part);
    }
    return joinValue(header, parts);
  };

  /** Deletes a slot's parts from `first` on. Last one first: parts are always numbered without a gap, so that even
   * after a crash in here the next walk finds what is left. */
  const clear = async (account: string, slot: Slot, first: number) => {
    let end = first;
    while ((await entries.get(partOf(account, slot, end))) !== undefined) end += 1;
    for (let number = end - 1; number >= first; number -= 1) {
      await entries.delete(partOf(account, slot, number));
    }
  };

  const write = async (account: string, value: string) => {
    const old = await readHeader(account);
    const slot = old?.slot === 'a' ? 'b' : 'a';
    const split = splitValue(value, slot);
    if (split === undefined) {
      throw new FairleadError('usage', 'The secret is too long for the keychain.', {
        help: 'Use one of at most 80,000 bytes.',
      });
    }
    for (const [index, part] of split.parts.entries()) {
      await entries.set(partOf(account, slot, index + 1), part);
    }
    await entries.set(account, split.header);
    try {
      await clear(account, slot, split.parts.length + 1);
      await clear(account, slot === 'a' ? 'b' : 'a', 1);
    } catch {
      // The new value stands. What is left of the old one is cleared by the next write or delete.
    }
  };

  return {
    kind: 'keychain',
    read: (key) =>
      inTurn(async () => {
        const account = accountOf(key);
        const header = await readHeader(account);
        const value = header === undefined ? undefined : await readParts(account, header);
        return value === undefined ? undefined : new Secret(value);
      }),
    write: (key, secret) => inTurn(() => write(accountOf(key), secret.reveal())),
    delete: (key) =>
      inTurn(async () => {
        const account = accountOf(key);
        await readHeader(account);
        await entries.delete(account);
        await clear(account, 'a', 1);
        await clear(account, 'b', 1);
      }),
    check: () =>
      inTurn(async () => {
        const text = randomUUID();
        await entries.set(witness, text);
        if ((await entries.get(witness)) !== text) throw keychainLocked(kind);
      }),
  };
}

/** A space sets parts apart from values: no account of a value has one. */
function partOf(account: string, slot: Slot, number: number): string {
  return `${account} ${slot}${number}`;
}

/** Windows finds entries without regard to case and allows 513 characters: a digest keeps such keys apart. */
function accountOf(key: string): string {
  if (/^[!-@[-~]{1,400}$/.test(key)) return key;
  const digest = createHash('sha256').update(key).digest('hex').slice(0, 32);
  return `${key.slice(0, 400).replaceAll(/[^!-~]/g, '_')}~${digest}`;
}
