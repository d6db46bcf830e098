import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import { createCertificateStore } from '../../../electron/credentials/certificates/certificate-store.ts';
import { createMemoryVault } from '../../../electron/credentials/memory-vault.ts';
import type { Vault } from '../../../electron/credentials/vault.ts';
import { FairleadError } from '../../../shared/errors.ts';

const issuer = 'https://platform.example';
const [first, second] = ['first', 'second'].map((containerId) => ({ issuer, containerId })) as [
  { issuer: string; containerId: string },
  { issuer: string; containerId: string },
];
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const record = { key: privateKey, certificate: 'certificate', chain: 'chain', issuedAt: 1 };

/** A vault that lets no write through until it is told to, and may then be locked for what deletes. */
function openGatedVault() {
  const inner = createMemoryVault();
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const state = { failingDeletes: 0 };
  const vault: Vault = {
    ...inner,
    async write(key, secret) {
      await opened;
      await inner.write(key, secret);
    },
    async delete(key) {
      if (state.failingDeletes > 0) {
        state.failingDeletes -= 1;
        throw new FairleadError('keychain_locked', 'The keychain is locked.');
      }
      await inner.delete(key);
    },
  };
  return { vault, state, open };
}

test('all of a platform’s keys are deleted, also those whose writing was under way or to come', async () => {
  const { vault, open } = openGatedVault();
  const store = createCertificateStore(vault);
  const writing = Promise.all([store.write(first, record), store.write(second, record)]);
  const deleting = store.deleteAll(issuer);
  open();
  await Promise.all([writing, deleting]);
  expect(await store.read(first)).toBeUndefined();
  expect(await store.read(second)).toBeUndefined();
  // Nor do they come back with a core that starts anew.
  const next = createCertificateStore(vault);
  expect(await next.read(first)).toBeUndefined();
  expect(await next.read(second)).toBeUndefined();
});

test('keys that could not be deleted when it was their turn are not read before they are', async () => {
  const { vault, state, open } = openGatedVault();
  open();
  const store = createCertificateStore(vault);
  await store.write(first, record);
  state.failingDeletes = 1;
  await expect(store.deleteAll(issuer)).rejects.toMatchObject({ code: 'keychain_locked' });
  expect(await store.read(first)).toBeUndefined();
});
