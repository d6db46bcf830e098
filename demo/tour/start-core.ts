/** Starts the demo's core: with the keychain where one works, else with keys in memory. */
import { z } from 'zod';
import { openKeychainEntries } from '../../electron/credentials/keychain-entries.ts';
import { keychainKind } from '../../electron/credentials/keychain-errors.ts';
import { createKeychainVault, witness } from '../../electron/credentials/keychain-vault.ts';
import { serviceOf } from '../../electron/credentials/open-vault.ts';
import { clientKey } from '../../electron/credentials/vault-key.ts';
import type { Scope } from '../../electron/runtime/scope.ts';
import { layer } from '../../shared/control.ts';
import { FairleadError } from '../../shared/errors.ts';
import { programs, runFairlead } from './programs.ts';
import { startProgram } from '../start-program.ts';

export interface DemoCore {
  /** For the commands and endpoints that are to use this core. */
  readonly env: NodeJS.ProcessEnv;
  /** Where it keeps tokens and keys, in a sentence. */
  readonly vaultNote: string;
  readonly vault: 'keychain' | 'memory';
  /** To be filled: whose registrations of Fairlead outlive the sign-ins there, and are deleted at the end. */
  readonly issuers: string[];
  /** Rejects if it ends before it is told to. */
  readonly ended: Promise<never>;
}

/**
 * @param options.base the environment, to which the profile and, where there is no keychain, FAIRLEAD_VAULT are added
 * Throws `keychain_missing` when FAIRLEAD_VAULT asks for a keychain and none works.
 */
export async function startCore(
  { home, base }: { home: string; base: NodeJS.ProcessEnv },
  scope: Scope,
): Promise<DemoCore> {
  // Who follows its links differs from sign-in to sign-in, so the demo sees to that.
  const env: NodeJS.ProcessEnv = { ...base, FAIRLEAD_HOME: home, FAIRLEAD_BROWSER: 'none' };
  const asked = env['FAIRLEAD_VAULT'] ?? '';
  const issuers: string[] = [];
  let inKeychain = false;
  // Added first, so it runs once the core has ended: a core would make the entries again.
  scope.defer(async () => {
    if (inKeychain) await emptyKeychain(home, issuers);
  });
  const core = await run(env, scope);
  if (asked === 'memory') {
    const vaultNote = 'It keeps tokens and keys in its memory, as FAIRLEAD_VAULT says.';
    return { env, ended: core.ended, vault: 'memory', vaultNote, issuers };
  }
  const keychain = await examineKeychain(env);
  if (keychain.works) {
    inKeychain = true;
    const vaultNote = "It keeps tokens and keys in this system's keychain.";
    return { env, ended: core.ended, vault: 'keychain', vaultNote, issuers };
  }
  if (asked !== '') throw new FairleadError('keychain_missing', keychain.detail, { help: keychain.help });

  await core.close();
  const inMemory = { ...env, FAIRLEAD_VAULT: 'memory' };
  const { ended } = await run(inMemory, scope);
  const vaultNote = `${keychain.detail.replace(/\.$/, '')}, so tokens and keys stay in its memory.`;
  return { env: inMemory, ended, vault: 'memory', vaultNote, issuers };
}

async function run(env: NodeJS.ProcessEnv, scope: Scope) {
  const core = await startProgram('core', [programs.core, '--foreground'], {
    env,
    ready: /is running \(pid/,
  });
  let released = false;
  const close = async () => {
    if (released) return;
    released = true;
    if (core.running()) await core.close();
    // It has ended by itself, and a command may have started another one since.
    else await runFairlead(['stop'], { env });
  };
  scope.defer(close);
  return { ended: core.ended, close };
}

/** Deletes what the core leaves on purpose for a profile's next one. */
async function emptyKeychain(home: string, issuers: readonly string[]): Promise<void> {
  const kind = keychainKind(process.platform);
  const entries = openKeychainEntries({ service: serviceOf(home), kind });
  const vault = createKeychainVault(entries, kind);
  for (const issuer of issuers) await vault.delete(clientKey(issuer));
  await entries.delete(witness);
}

const layers = z.array(layer);

async function examineKeychain(env: NodeJS.ProcessEnv) {
  // `doctor` prints what it found whether or not something is broken.
  const printed = await runFairlead(['doctor', '--json'], { env, anyStatus: true });
  const keychain = layers.parse(JSON.parse(printed)).find((each) => each.layer === 'keychain');
  const { outcome, detail = 'The keychain was not examined.', help } = keychain ?? {};
  return { works: outcome === 'ok', detail, help };
}
