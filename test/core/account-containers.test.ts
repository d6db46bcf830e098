import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createRegistry } from '../../electron/containers/registry.ts';
import { followAccount } from '../../electron/core/account-containers.ts';
import { createBroker } from '../../electron/credentials/create-broker.ts';
import { createMemoryVault } from '../../electron/credentials/memory-vault.ts';
import { createRowBook, type RowBook } from '../../electron/platform/row-book.ts';
import { createRowCache } from '../../electron/platform/row-cache.ts';
import { createLogger, type LogRecord } from '../../electron/runtime/logger.ts';
import { profilePaths } from '../../electron/runtime/paths.ts';
import { Secret } from '../../electron/runtime/secret.ts';
import type { ContainerRow } from '../../shared/platform-api.ts';
import { offline } from '../support/offline-sign-in.ts';
import { issuer, row } from '../support/account-rows.ts';

const account = (rows: ContainerRow[], userId = 'user_maya') => ({ issuer, userId, rows });

/** What the platform says is the test's to say; what became of connections is written down. */
function follow() {
  const folder = mkdtempSync(join(tmpdir(), 'following-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const paths = profilePaths({ FAIRLEAD_HOME: folder });
  const listeners = new Set<() => void>();
  const book: RowBook = createRowBook({
    cache: createRowCache(paths.platform),
    changed: () => listeners.forEach((listener) => listener()),
  });
  const registry = createRegistry({ paths });
  const broker = createBroker({ vault: createMemoryVault(), oauth: offline });
  const ended: string[] = [];
  const logged: LogRecord[] = [];
  const live = {
    get current() {
      return book.current;
    },
    onChange(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  const stop = followAccount({
    ...{ live, registry, broker },
    logger: createLogger({ level: 'warn', now: () => 0, write: (record) => logged.push(record) }),
    ends: {
      renew({ name }) {
        ended.push(`renewed ${name}`);
        return Promise.resolve();
      },
      retire({ name }, reason) {
        ended.push(`ended ${name}: ${reason?.code ?? ''} ${reason?.message ?? ''}`);
        return Promise.resolve();
      },
    },
  });
  onTestFinished(stop);
  return { book, paths, registry, broker, ended, logged };
}

test('clients of a changed container come back, those of one that only starts or is beside it notice nothing', () => {
  const { book, ended, registry } = follow();
  book.replace(account([row('notes'), row('box', { type: 'hosted', status: 'sleeping' })]));
  expect(registry.list().map(({ name }) => name)).toEqual(['notes', 'box']);
  book.apply({ event: 'container.updated', row: row('box', { type: 'hosted', status: 'running' }) });
  book.apply({ event: 'container.created', row: row('more') });
  expect(ended).toEqual([]);
  book.apply({
    event: 'container.updated',
    row: row('notes', { mcp_endpoint: 'https://moved.example/mcp' }),
  });
  expect(ended).toEqual(['renewed notes']);
});

test('clients of a removed one are told so, and the key for it is forgotten', async () => {
  const { book, ended, registry, broker } = follow();
  book.replace(account([row('notes', { auth_method: 'api_key' })]));
  const owner = { container: registry.named('notes'), configured: true };
  await broker.store(owner, new Secret('sesame'));
  expect(await broker.presence(owner)).toBe('present');
  book.apply({ event: 'container.removed', row: row('notes') });
  expect(ended).toEqual([
    'ended notes: container_unknown The container "notes" was removed at the platform.',
  ]);
  await expect.poll(() => broker.presence(owner)).toBe('missing');
});

test('a key goes to the server that it was given for, wherever the platform says the container is', async () => {
  const { book, registry, broker } = follow();
  book.replace(account([row('notes', { auth_method: 'api_key' })]));
  await broker.store({ container: registry.named('notes'), configured: true }, new Secret('sesame'));
  const moved = row('notes', { auth_method: 'api_key', mcp_endpoint: 'https://elsewhere.example/mcp' });
  book.apply({ event: 'container.updated', row: moved });
  const owner = { container: registry.named('notes'), configured: true };
  expect(await broker.presence(owner)).toBe('missing');
});

test('a renamed one keeps its key, and clients of the old name are told that it has another', async () => {
  const { book, ended, registry, broker } = follow();
  book.replace(account([row('notes', { auth_method: 'api_key' })]));
  await broker.store({ container: registry.named('notes'), configured: true }, new Secret('sesame'));
  book.apply({
    event: 'container.updated',
    row: { ...row('notes', { auth_method: 'api_key' }), name: 'papers' },
  });
  expect(ended).toEqual(['ended notes: container_unknown The container "notes" has another name now.']);
  // For whatever would still be forgotten.
  await new Promise((resolve) => setTimeout(resolve, 20));
  const owner = { container: registry.named('papers'), configured: true };
  expect(await broker.presence(owner)).toBe('present');
});

test('another one at the same place under the same name does not get the key of the one before', async () => {
  const { book, ended, registry, broker } = follow();
  book.replace(account([row('notes', { auth_method: 'api_key' })]));
  await broker.store({ container: registry.named('notes'), configured: true }, new Secret('sesame'));
  book.replace(account([row('notes', { auth_method: 'api_key', id: 'container_other' })]));
  expect(ended).toEqual(['renewed notes']);
  const owner = { container: registry.named('notes'), configured: true };
  await expect.poll(() => broker.presence(owner)).toBe('missing');
});

test('containers of an account that is not signed in any more say that', () => {
  const { book, ended } = follow();
  book.replace(account([row('mayas')]));
  book.replace(account([row('noors', { user_id: 'user_noor' })], 'user_noor'));
  expect(ended).toEqual([expect.stringContaining('not signed in any more')]);
  book.clear();
  expect(ended).toHaveLength(2);
});

test('a container that the person writes into the file under a name of the platform’s takes its place', () => {
  const { book, paths, registry, ended, logged } = follow();
  book.replace(account([row('notes'), row('a b')]));
  expect(logged).toMatchObject([{ event: 'platform.containers_left_out', fields: { count: 1 } }]);
  const byHand = { url: 'https://host.example/mcp', auth: { method: 'none' } };
  writeFileSync(paths.config, JSON.stringify({ containers: { notes: byHand } }));
  expect(registry.list().map(({ name, url }) => [name, url])).toEqual([
    ['notes', byHand.url],
    ['notes-platform', 'https://notes.example/mcp'],
  ]);
  expect(ended).toEqual(['renewed notes']);
  // What cannot be read says nothing of the platform's.
  writeFileSync(paths.config, '{');
  book.apply({ event: 'container.removed', row: row('notes') });
  expect(ended).toEqual(['renewed notes']);
  writeFileSync(paths.config, '{}');
  expect(registry.list()).toEqual([]);
  expect(ended).toEqual(['renewed notes', expect.stringMatching(/^ended notes-platform: /)]);
});
