/** The operating system's keychain as named entries: the one place that calls its native binding. */
import { createRequire } from 'node:module';
import type * as keytar from '@github/keytar';
import { FairleadError } from '../../shared/errors.ts';
import { keychainLocked, keychainMissing, keychainSilent, type KeychainKind } from './keychain-errors.ts';

/** `findCredentials` is left out on purpose: it crashes the process on an entry without an account (keytar_posix.cc). */
export type KeychainBinding = Pick<typeof keytar, 'getPassword' | 'setPassword' | 'deletePassword'>;

export interface EntryStore {
  /** @throws FairleadError keychain_missing, keychain_locked; as do the others */
  get(account: string): Promise<string | undefined>;
  set(account: string, text: string): Promise<void>;
  /** Idempotent. */
  delete(account: string): Promise<void>;
}

/**
 * One call at a time is the caller's duty: each takes a thread of libuv's four, which the core also needs for DNS.
 * @param options.service the name that the keychain groups our entries under
 * @param options.timeoutMs how long the keychain may take for one call, prompts to the person included
 */
export function openKeychainEntries(options: {
  service: string;
  kind: KeychainKind;
  timeoutMs?: number;
  load?: () => KeychainBinding;
}): EntryStore {
  const { service, kind, timeoutMs = 10_000, load = loadBinding } = options;
  let binding: KeychainBinding | undefined;
  let silent = false;

  /** Loading waits for the first use, so that without libsecret all that needs no secret still works. */
  const loaded = () => {
    try {
      return (binding ??= load());
    } catch (cause) {
      throw keychainMissing(kind, cause);
    }
  };

  const call = async <T>(run: (binding: KeychainBinding) => Promise<T>): Promise<T> => {
    // A second call would wait behind the first one's prompt and take one more thread.
    if (silent) throw keychainSilent();
    const running = run(loaded());
    process.on('exit', dieAtOnce);
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        silent = true;
        reject(keychainSilent());
      }, timeoutMs);
    });
    const settled = () => {
      clearTimeout(timer);
      silent = false;
      process.off('exit', dieAtOnce);
    };
    running.then(settled, settled);
    return Promise.race([running, deadline]);
  };

  /** The binding tells failures apart by translated text only. What a Secret Service still does tells them apart too:
   * a locked one can be asked (and answers with nothing), a missing one cannot. macOS always has a keychain. */
  const named = async (cause: unknown, account: string): Promise<FairleadError> => {
    if (cause instanceof FairleadError) return cause;
    if (kind === 'apple') return keychainLocked(kind, cause);
    if (kind === 'windows') return keychainMissing(kind, cause);
    try {
      await call((keychain) => keychain.getPassword(service, account));
      return keychainLocked(kind, cause);
    } catch (again) {
      return again instanceof FairleadError ? again : keychainMissing(kind, again);
    }
  };

  const attempt = async <T>(account: string, run: (binding: KeychainBinding) => Promise<T>): Promise<T> => {
    try {
      return await call(run);
    } catch (cause) {
      throw await named(cause, account);
    }
  };

  return {
    async get(account) {
      return (await attempt(account, (keychain) => keychain.getPassword(service, account))) ?? undefined;
    },
    async set(account, text) {
      await attempt(account, (keychain) => keychain.setPassword(service, account, text));
    },
    async delete(account) {
      await attempt(account, (keychain) => keychain.deletePassword(service, account));
    },
  };
}

/** Through `require`: the package is CommonJS whose names Node's ESM loader cannot see. */
function loadBinding(): KeychainBinding {
  return createRequire(import.meta.url)('@github/keytar') as KeychainBinding;
}

/** An exiting process joins libuv's threads: one that waits for a prompt would keep a finished core alive for ever. */
function dieAtOnce(): void {
  process.kill(process.pid, 'SIGKILL');
}
