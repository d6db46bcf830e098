import { expect, test } from 'vitest';
import { openVault, serviceOf } from '../../electron/credentials/open-vault.ts';
import { profilePaths } from '../../electron/runtime/paths.ts';
import { Secret } from '../../electron/runtime/secret.ts';

const { home } = profilePaths({});

test('FAIRLEAD_VAULT chooses the vault, and the keychain is the default', () => {
  expect(openVault({ env: {}, home }).kind).toBe('keychain');
  expect(openVault({ env: { FAIRLEAD_VAULT: 'keychain' }, home }).kind).toBe('keychain');
  expect(openVault({ env: { FAIRLEAD_VAULT: 'memory' }, home }).kind).toBe('memory');
});

test('any other name is wrong usage, never a silent fallback', () => {
  for (const name of ['Memory', 'none', 'file']) {
    expect(() => openVault({ env: { FAIRLEAD_VAULT: name }, home })).toThrow(
      expect.objectContaining({ code: 'usage' }) as Error,
    );
  }
});

test('two profiles have two services, and only the default one the plain name', () => {
  expect(serviceOf(home)).toBe('Fairlead');
  expect(serviceOf('/a')).toMatch(/^Fairlead [0-9a-f]{12}$/);
  expect(serviceOf('/a')).not.toBe(serviceOf('/b'));
});

test('the memory vault keeps, replaces and forgets', async () => {
  const vault = openVault({ env: { FAIRLEAD_VAULT: 'memory' }, home });
  await vault.check();
  expect(await vault.read('k')).toBeUndefined();
  await vault.write('k', new Secret('one'));
  await vault.write('k', new Secret('two'));
  expect((await vault.read('k'))?.reveal()).toBe('two');
  await vault.delete('k');
  await vault.delete('k');
  expect(await vault.read('k')).toBeUndefined();
});
