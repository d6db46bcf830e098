import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createKeychainVault } from '../../electron/credentials/keychain-vault.ts';
import { Secret } from '../../electron/runtime/secret.ts';
import { createMemoryEntries } from '../support/entry-store.ts';

const value = fc
  .tuple(fc.string({ minLength: 1, maxLength: 8 }), fc.nat(900))
  .map(([text, times]) => text.repeat(times + 1));

test('values of all lengths replace each other and leave nothing behind', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 6 }), async (values) => {
      const store = createMemoryEntries();
      const vault = createKeychainVault(store, 'windows');
      for (const text of values) {
        await vault.write('api-key:notes', new Secret(text));
        expect((await vault.read('api-key:notes'))?.reveal()).toBe(text);
      }
      await vault.delete('api-key:notes');
      expect(store.entries.size).toBe(0);
    }),
    { numRuns: 50 },
  );
});

test('a write that is cut short leaves the old value or the new one, and the next delete clears all', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(value, fc.nat(12)), { minLength: 1, maxLength: 5 }),
      async (writes) => {
        const store = createMemoryEntries();
        const vault = createKeychainVault(store, 'windows');
        let old: string | undefined;
        for (const [text, changes] of writes) {
          store.failAfter = changes;
          const stored = await vault.write('api-key:notes', new Secret(text)).then(
            () => true,
            () => false,
          );
          const found = (await vault.read('api-key:notes'))?.reveal();
          expect(found).toBe(stored ? text : old);
          old = found;
        }
        store.failAfter = Infinity;
        await vault.delete('api-key:notes');
        expect(store.entries.size).toBe(0);
      },
    ),
    { numRuns: 100 },
  );
});

test('a delete that is cut short is finished by the next one', async () => {
  for (let changes = 0; changes < 15; changes += 1) {
    const store = createMemoryEntries();
    const vault = createKeychainVault(store, 'windows');
    await vault.write('api-key:notes', new Secret('x'.repeat(10_000)));
    store.failAfter = changes;
    await vault.delete('api-key:notes').catch(() => undefined);
    store.failAfter = Infinity;
    await vault.delete('api-key:notes');
    expect(store.entries.size).toBe(0);
  }
});

test('a value with a part missing or changed is not there', async () => {
  for (const damage of ['delete', 'change'] as const) {
    const store = createMemoryEntries();
    const vault = createKeychainVault(store, 'windows');
    await vault.write('api-key:notes', new Secret('x'.repeat(5_000)));
    const part = [...store.entries.keys()].find((account) => account.endsWith(' a2'))!;
    if (damage === 'delete') store.entries.delete(part);
    else store.entries.set(part, 'AAAA');
    expect(await vault.read('api-key:notes')).toBeUndefined();
  }
});

test('concurrent writes to one key end with one whole value', async () => {
  const vault = createKeychainVault(createMemoryEntries(), 'windows');
  const values = ['a', 'b', 'c'].map((letter) => letter.repeat(9_000));
  await Promise.all(values.map((text) => vault.write('api-key:notes', new Secret(text))));
  expect((await vault.read('api-key:notes'))?.reveal()).toBe(values[2]);
});

test('keys that differ in case only, or are longer than an account may be, stay apart', async () => {
  const store = createMemoryEntries();
  const vault = createKeychainVault(store, 'windows');
  const long = `api-key:https://host/${'x'.repeat(2_000)}`;
  const keys = [
    'api-key:notes',
    'api-key:Notes',
    'api-key:notes a1',
    `${long}1`,
    `${long}2`,
    'api-key:nötes',
  ];
  for (const key of keys) await vault.write(key, new Secret(`${key}${'.'.repeat(2_000)}`));
  for (const key of keys) expect((await vault.read(key))?.reveal()).toMatch(new RegExp(`^${key}\\.`));
  for (const account of store.entries.keys()) expect(account.length).toBeLessThan(500);
  expect(new Set([...store.entries.keys()].map((account) => account.toLowerCase())).size).toBe(
    store.entries.size,
  );
});

test('nothing found in a locked Secret Service is an error, and after unlocking an answer', async () => {
  const store = createMemoryEntries();
  const vault = createKeychainVault(store, 'secret-service');
  store.locked = true;
  await expect(vault.read('api-key:notes')).rejects.toMatchObject({ code: 'keychain_locked' });
  await expect(vault.delete('api-key:notes')).rejects.toMatchObject({ code: 'keychain_locked' });
  await expect(vault.check()).rejects.toMatchObject({ code: 'keychain_locked' });
  store.locked = false;
  expect(await vault.read('api-key:notes')).toBeUndefined();
  await vault.check();
});

test('an unsplittable value is refused without quoting it', async () => {
  const vault = createKeychainVault(createMemoryEntries(), 'windows');
  await expect(vault.write('api-key:notes', new Secret('x'.repeat(100_000)))).rejects.toMatchObject({
    code: 'usage',
  });
});
