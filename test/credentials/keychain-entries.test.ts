import { expect, test } from 'vitest';
import { openKeychainEntries, type KeychainBinding } from '../../electron/credentials/keychain-entries.ts';

const answering: KeychainBinding = {
  getPassword: () => Promise.resolve(null),
  setPassword: () => Promise.resolve(),
  deletePassword: () => Promise.resolve(false),
};

test('a binding that does not load means a missing keychain, and names the packages to install', async () => {
  const entries = openKeychainEntries({
    service: 'Fairlead',
    kind: 'secret-service',
    load: () => {
      throw new Error('libsecret-1.so.0: cannot open shared object file');
    },
  });
  await expect(entries.get('x')).rejects.toMatchObject({
    code: 'keychain_missing',
    help: expect.stringContaining('libsecret-1-0 gnome-keyring') as string,
  });
});

test('a refusal of macOS means a locked keychain, of Windows a missing one', async () => {
  const refusing: KeychainBinding = { ...answering, getPassword: () => Promise.reject(new Error('no')) };
  const codes = { apple: 'keychain_locked', windows: 'keychain_missing' } as const;
  for (const kind of ['apple', 'windows'] as const) {
    const entries = openKeychainEntries({ service: 'Fairlead', kind, load: () => refusing });
    await expect(entries.get('x')).rejects.toMatchObject({ code: codes[kind] });
  }
});

test('while one call is unanswered the next fails at once, and works again after the answer', async () => {
  const answer: ((text: string) => void)[] = [];
  const silent: KeychainBinding = {
    ...answering,
    getPassword: () => new Promise((resolve) => answer.push(resolve)),
  };
  const listeners = process.listenerCount('exit');
  const entries = openKeychainEntries({
    service: 'Fairlead',
    kind: 'apple',
    timeoutMs: 50,
    load: () => silent,
  });
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await expect(entries.get('x')).rejects.toMatchObject({ code: 'keychain_locked' });
  }
  expect(answer.length).toBe(1);
  answer[0]?.('late');
  await Promise.resolve();
  await entries.set('x', 'y');
  expect(process.listenerCount('exit')).toBe(listeners);
});
