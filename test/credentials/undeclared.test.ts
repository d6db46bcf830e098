import { expect, test } from 'vitest';
import type { CredentialOwner } from '../../electron/credentials/broker.ts';
import { createMemoryVault } from '../../electron/credentials/memory-vault.ts';
import type { Vault } from '../../electron/credentials/vault.ts';
import { createHttpClient } from '../../electron/upstream/network/http-client.ts';
import { FairleadError } from '../../shared/errors.ts';
import { openRig, type Rig } from '../support/sign-in-rig.ts';
import { requestTo, startWebServer } from '../support/web-server.ts';

const undeclared = ({ container }: Rig): CredentialOwner => ({
  configured: false,
  undeclared: true,
  container: {
    name: container.url.href,
    url: container.url.href,
    transport: 'auto',
    auth: { method: 'none' },
    tls: {},
    timeoutSeconds: 120,
  },
});

const locked = (): Vault => {
  const fail = () => Promise.reject(new FairleadError('keychain_locked', 'The keychain is locked.'));
  return { ...createMemoryVault(), read: fail, write: fail, delete: fail };
};

test('signs in to a container that asks for it, although nobody has said that it would', async () => {
  const rig = await openRig();
  const owner = undeclared(rig);
  expect(await rig.broker.presence(owner)).toBe('not_needed');
  expect(await rig.callWith(rig.broker, owner)).toBe(200);
  expect(rig.opened()).toHaveLength(1);
  expect(await rig.broker.presence(owner)).toBe('present');
});

test('uses the sign-in again after a restart, and shares it with --auth oauth', async () => {
  const rig = await openRig();
  const owner = undeclared(rig);
  await rig.callWith(rig.broker, owner);
  expect(await rig.callWith(rig.restart(), owner)).toBe(200);
  const said: CredentialOwner = {
    configured: false,
    container: { ...owner.container, auth: { method: 'oauth', grant: 'code' } },
  };
  expect(await rig.callWith(rig.restart(), said)).toBe(200);
  expect(rig.opened()).toHaveLength(1);
});

test('needs no keychain where nothing asks for a sign-in', async () => {
  const rig = await openRig({ vault: locked() });
  await using open = await startWebServer((_request, response) => void response.end('let in'));
  const owner = undeclared(rig);
  const elsewhere = { ...owner, container: { ...owner.container, url: open.url.href } };
  const client = createHttpClient({ tls: {}, env: {} });
  const response = await rig.broker.authenticated(elsewhere, client.send)(requestTo(open.url));
  expect(response.status).toBe(200);
  response.discard();
  await client.close();
  await expect(rig.callWith(rig.broker, owner)).rejects.toMatchObject({ code: 'keychain_locked' });
  expect(rig.opened()).toEqual([]);
});

test('says what to do where a container refuses strangers and tells nobody how to sign in', async () => {
  const rig = await openRig();
  await using shut = await startWebServer((request, response) => {
    response.writeHead(request.url === '/mcp' ? 401 : 404).end();
  });
  const owner = undeclared(rig);
  const url = new URL('/mcp', shut.url);
  const elsewhere = { ...owner, container: { ...owner.container, url: url.href } };
  const client = createHttpClient({ tls: {}, env: {} });
  await expect(rig.broker.authenticated(elsewhere, client.send)(requestTo(url))).rejects.toMatchObject({
    code: 'unauthorized',
    help: expect.stringContaining('--secret-env') as string,
  });
  await client.close();
  expect(rig.opened()).toEqual([]);
});
