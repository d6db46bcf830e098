/** What is the matter with the keychain, in words that a person can act on. */
import { FairleadError } from '../../shared/errors.ts';

/** How an operating system keeps secrets. Linux, and whatever else is not named, has a Secret Service on D-Bus. */
export type KeychainKind = 'apple' | 'windows' | 'secret-service';

export function keychainKind(platform: NodeJS.Platform): KeychainKind {
  if (platform === 'darwin') return 'apple';
  return platform === 'win32' ? 'windows' : 'secret-service';
}

const whenMissing: Record<KeychainKind, string> = {
  apple: 'Reinstall Fairlead: the part of it that talks to the keychain does not load.',
  windows:
    'Start Fairlead from an interactive sign-in: Windows closes the Credential Manager to network logons. Run `fairlead stop` first.',
  'secret-service':
    'Install a Secret Service (Debian, Ubuntu: `apt install libsecret-1-0 gnome-keyring`; elsewhere libsecret with GNOME Keyring, KWallet or KeePassXC), run `fairlead stop`, and try again from your desktop session.',
};

const whenLocked: Record<KeychainKind, string> = {
  apple: 'Run `security unlock-keychain`, or unlock it in Keychain Access, and try again.',
  windows: 'Unlock Windows and try again.',
  'secret-service':
    'Unlock it and try again: by signing in to the desktop, or in Passwords and Keys, which can also create a default keyring where there is none yet.',
};

const orMemory = 'Or set FAIRLEAD_VAULT=memory to keep secrets only until the core ends.';

/** There is no keychain, or its binding cannot be loaded. */
export function keychainMissing(kind: KeychainKind, cause: unknown): FairleadError {
  const help = `${whenMissing[kind]} ${orMemory}`;
  return new FairleadError('keychain_missing', 'There is no keychain to keep secrets in.', { help, cause });
}

/** There is a keychain, but it does not let us in. */
export function keychainLocked(kind: KeychainKind, cause?: unknown): FairleadError {
  const help = `${whenLocked[kind]} ${orMemory}`;
  return new FairleadError('keychain_locked', 'The keychain is locked.', { help, cause });
}

/** The keychain has not answered in time: most often it shows a prompt and waits for the person. */
export function keychainSilent(): FairleadError {
  const help = `Look for a prompt that asks to unlock it, answer it, and try again. ${orMemory}`;
  return new FairleadError('keychain_locked', 'The keychain does not answer.', { help });
}
