/** Starts the demo's core: with the keychain where one works, else with keys in memory. */
import { z } from 'zod';
import { openKeychainEntries } from '../../electron/credentials/keychain-entries.ts';
import { keychainKind } from '../../electron/credentials/keychain-errors.ts';
import { witness } from '../../electron/credentials/keychain-vault.ts';
import { serviceOf } from '../../electron/credentials/open-vault.ts';
import type { Scope } from '../../electron/runtime/scope.ts';
import { layer } from '../../shared/control.ts';
import { FairleadError } from '../../shared/errors.ts';
import { programs, runFairlead, startProgram } from './programs.ts';

export interface DemoCore {
  /** For the commands and endpoints that are to use this core. */
  readonly env: NodeJS.ProcessEnv;
  /** Where it keeps keys, in a sentence. */
  readonly vaultNote: string;
  /** Rejects if it ends before it is told to. */
  readonly ended: Promise<never>;
}

/** Throws `keychain_missing` when FAIRLEAD_VAULT asks for a keychain and none works. */
export async function startCore(home: string, scope: Scope): Promise<DemoCore> {
  const env: NodeJS.ProcessEnv = { ...process.env, FAIRLEAD_HOME: home };
  const asked = env['FAIRLEAD_VAULT'] ?? '';
  let inKeychain = false;
  // Added first, so it runs once the core has ended: a core would make the entry again.
  scope.defer(async () => {
    if (inKeychain) await forgetKeychainCheck(home);
  });
  const core = await run(env, scope);
  if (asked === 'memory') {
    return { env, ended: core.ended, vaultNote: 'It keeps keys in its memory, as FAIRLEAD_VAULT says.' };
  }
  const keychain = await examineKeychain(env);
  if (keychain.works) {
    inKeychain = true;
    return { env, ended: core.ended, vaultNote: "It keeps keys in this system's keychain." };
  }
  if (asked !== '') throw new FairleadError('keychain_missing', keychain.detail, { help: keychain.help });

  await core.close();
  const inMemory = { ...env, FAIRLEAD_VAULT: 'memory' };
  const { ended } = await run(inMemory, scope);
  const vaultNote = `${keychain.detail.replace(/\.$/, '')}, so keys stay in its memory.`;
  return { env: inMemory, ended, vaultNote };
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

async function forgetKeychainCheck(home: string): Promise<void> {
  const kind = keychainKind(process.platform);
  await openKeychainEntries({ service: serviceOf(home), kind }).delete(witness);
}

const layers = z.array(layer);

async function examineKeychain(env: NodeJS.ProcessEnv) {
  // `doctor` prints what it found whether or not something is broken.
  const printed = await runFairlead(['doctor', '--json'], { env, anyStatus: true });
  const keychain = layers.parse(JSON.parse(printed)).find((each) => each.layer === 'keychain');
  const { outcome, detail = 'The keychain was not examined.', help } = keychain ?? {};
  return { works: outcome === 'ok', detail, help };
}
