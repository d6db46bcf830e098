import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { Broker, CredentialOwner } from '../../../electron/credentials/broker.ts';
import { certificateRequestFor } from '../../../electron/credentials/certificates/certificate-request.ts';
import { createMemoryVault } from '../../../electron/credentials/memory-vault.ts';
import type { Vault } from '../../../electron/credentials/vault.ts';
import { createHttpClient } from '../../../electron/upstream/network/http-client.ts';
import { container } from '../../../shared/container.ts';
import { FairleadError } from '../../../shared/errors.ts';
import { startCertificateServer } from '../../support/certificate-server.ts';
import { openAuthorityOf } from '../../support/platform-authority.ts';
import { openPlatformRig, type PlatformRig, type PlatformRigOptions } from '../../support/platform-rig.ts';
import { createTlsAuthority } from '../../support/tls-authority.ts';
import { failureOf, requestTo } from '../../support/web-server.ts';

const greeting = Buffer.from(
  JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25' } }),
);

/** A vault whose entries can be looked at, and that can be locked. */
function openVault() {
  const inner = createMemoryVault();
  const kept = new Map<string, string>();
  const state = { locked: false };
  const unlessLocked = () => {
    if (state.locked) throw new FairleadError('keychain_locked', 'The keychain is locked.');
  };
  const vault: Vault = {
    ...inner,
    async read(key) {
      unlessLocked();
      return inner.read(key);
    },
    async write(key, secret) {
      unlessLocked();
      kept.set(key, secret.reveal());
      await inner.write(key, secret);
    },
    async delete(key) {
      unlessLocked();
      kept.delete(key);
      await inner.delete(key);
    },
  };
  const keys = () => [...kept.keys()].filter((key) => key.startsWith('certificate'));
  return { vault, kept, keys, state };
}

async function opened(options: PlatformRigOptions = {}) {
  const { vault, ...held } = openVault();
  let issued = 0;
  const rig = await openPlatformRig({
    vault,
    ...options,
    issue: (real) => (terms) => {
      issued += 1;
      return (options.issue?.(real) ?? real)(terms);
    },
  });
  const { issuer } = rig.platform;
  await rig.account.login({ issuer, fresh: false });
  const { id, chain } = await openAuthorityOf(rig);
  const served = await startCertificateServer(chain);
  const ownerOf = (containerId: string): CredentialOwner => ({
    configured: true,
    container: container.parse({
      name: 'notes',
      url: served.url.href,
      auth: { method: 'none' },
      tls: { ca: served.ca, clientCertificate: 'platform' },
      platform: { id: containerId, type: 'external' },
    }),
  });
  const owner = ownerOf(id);
  /** Connections of a broker's own. */
  const enter = (broker: Broker = rig.broker) => {
    const http = createHttpClient({
      tls: owner.container.tls,
      certificate: broker.certificate(owner),
      env: {},
    });
    onTestFinished(() => http.close());
    const send = broker.authenticated(owner, http.send);
    return async (more: object = {}) => {
      const response = await send(requestTo(served.url, { body: greeting, ...more }));
      response.discard();
      return response.status;
    };
  };
  return { rig, served, owner, enter, issuer, id, chain, issued: () => issued, ...held };
}

test('many requests at once ask the platform for one certificate', async () => {
  const { enter, issued, keys, issuer, id, served } = await opened();
  const call = enter();
  expect(await Promise.all(Array.from({ length: 20 }, () => call()))).toEqual(Array(20).fill(200));
  expect(issued()).toBe(1);
  expect(served.seen.size).toBe(1);
  expect(keys().sort()).toEqual([`certificate-key:${issuer}#${id}`, `certificate-keys:${issuer}`]);
});

test('a core that starts while the platform is down goes on with the certificate and key of the last one', async () => {
  const { enter, rig, issued, served } = await opened();
  expect(await enter()()).toBe(200);
  await rig.broker.close();
  await rig.platform.close();
  expect(await enter(rig.restart().broker)()).toBe(200);
  expect(issued()).toBe(1);
  expect(served.seen.size).toBe(1);
});

test('the key is made here, and is nowhere but in the vault', async () => {
  const asked: string[] = [];
  const { enter, kept, issuer, id, rig, owner } = await opened({
    issue: (real) => (terms) => {
      asked.push(terms.csr);
      return real(terms);
    },
  });
  expect(await enter()()).toBe(200);
  const { key } = JSON.parse(kept.get(`certificate-key:${issuer}#${id}`) ?? '{}') as { key: string };
  expect(key).toContain('BEGIN PRIVATE KEY');
  expect(asked.join()).toContain('BEGIN CERTIFICATE REQUEST');
  const shown = await rig.broker.certificate(owner)?.current();
  expect(shown?.subject).toBe('CN=user_maya');
  const told = JSON.stringify([asked, owner, rig.broker.certificate(owner), shown, rig.platform.audited]);
  const [, line = ''] = key.split('\n');
  expect(line.length).toBeGreaterThan(40);
  expect(told).not.toContain(line);
});

const twisted: [string, RegExp, () => object][] = [
  ['is no certificate', /no certificate with its chain/, () => ({ certificate: 'nothing' })],
  ['has no chain', /no certificate with its chain/, () => ({ ca_chain: '' })],
  [
    'is for another key',
    /for another key/,
    () => {
      using authority = createTlsAuthority();
      return { certificate: authority.issue({ use: 'clientAuth' }).cert, ca_chain: authority.ca };
    },
  ],
  [
    'comes with a chain that has not signed it',
    /chain is not signed/,
    () => {
      using authority = createTlsAuthority();
      return { ca_chain: authority.ca };
    },
  ],
];

test.each(twisted)('an answer that %s is not used', async (_what, says, change) => {
  const { enter, served, keys } = await opened({
    issue: (real) => async (terms) => {
      const answer = await real(terms);
      return { ...answer, ...change() };
    },
  });
  expect(await failureOf(enter()())).toMatchObject({
    code: 'certificate_unavailable',
    message: expect.stringMatching(says) as string,
    help: expect.any(String) as string,
  });
  expect(served.seen.size).toBe(0);
  expect(keys()).toEqual([]);
});

test.each([
  ['lasts longer than a day', 3 * 86_400, /lasts longer than a day/],
  ['has ended', -60, /has ended already/],
])('a certificate that %s is not used', async (_what, certificateSeconds, says) => {
  const { enter, served } = await opened({ certificateSeconds });
  expect(await failureOf(enter()())).toMatchObject({
    code: 'certificate_unavailable',
    message: expect.stringMatching(says) as string,
  });
  expect(served.seen.size).toBe(0);
});

test(
  'renewal is tried again while the old one lasts; when it has ended, that is said, and it is asked for no more than needed',
  { timeout: 60_000 },
  async () => {
    let isDown = false;
    const { enter, issued, served } = await opened({
      certificateSeconds: 10,
      renewAt: () => 0.05,
      issue: (real) => (terms) =>
        isDown
          ? Promise.reject(new FairleadError('connect_failed', 'Nothing answers.', { help: 'Look.' }))
          : real(terms),
    });
    const call = enter();
    expect(await call()).toBe(200);
    isDown = true;
    let outlived = 0;
    let refusal: unknown;
    while (refusal === undefined) {
      await sleep(100);
      const wasTried = issued() > 1;
      refusal = await call().then(
        (status) => {
          outlived += status === 200 && wasTried ? 1 : 0;
          return status === 200 ? undefined : status;
        },
        (thrown: unknown) => thrown,
      );
    }
    expect(outlived).toBeGreaterThan(0);
    expect(refusal).toMatchObject({
      code: 'certificate_unavailable',
      message: expect.stringContaining('Nothing answers.') as string,
      help: 'Look.',
    });
    expect(issued()).toBeGreaterThan(2);
    const before = issued();
    await Promise.all(Array.from({ length: 20 }, () => call().catch(() => undefined)));
    expect(issued() - before).toBeLessThanOrEqual(1);
    isDown = false;
    await expect.poll(() => call().catch(() => 0), { timeout: 40_000, interval: 200 }).toBe(200);
    expect(served.seen.size).toBe(2);
  },
);

test('signing out deletes every key, and nobody enters with the certificate any more', async () => {
  const { enter, rig, keys, served } = await opened();
  const call = enter();
  expect(await call()).toBe(200);
  await rig.broker.platform.signOut();
  expect(keys()).toEqual([]);
  await expect.poll(() => served.connections(), { timeout: 40_000 }).toBe(0);
  expect(await failureOf(call({ lane: 'signal' }))).toMatchObject({ code: 'sign_in_needed' });
  expect(served.seen.size).toBe(1);
});

test('signing in anew, as whoever it may be, begins with another key and certificate', async () => {
  const { enter, rig, kept, issuer, id, served } = await opened();
  const call = enter();
  await call();
  const before = kept.get(`certificate-key:${issuer}#${id}`);
  await rig.account.login({ issuer, fresh: true });
  expect(await call()).toBe(200);
  const after = kept.get(`certificate-key:${issuer}#${id}`);
  const keyOf = (stored = '{}') => (JSON.parse(stored) as { key: string }).key;
  expect(keyOf(after)).not.toBe(keyOf(before));
  expect(served.seen.size).toBe(2);
});

test('keys that could not be deleted are deleted before anything else, and never used', async () => {
  const { enter, rig, state, keys, kept, issuer, id } = await opened();
  const call = enter();
  await call();
  const before = kept.get(`certificate-key:${issuer}#${id}`);
  state.locked = true;
  expect(await failureOf(rig.broker.platform.signOut())).toMatchObject({ code: 'keychain_locked' });
  expect(keys()).toHaveLength(2);
  state.locked = false;
  await rig.account.login({ issuer, fresh: true });
  expect(await call()).toBe(200);
  expect(kept.get(`certificate-key:${issuer}#${id}`)).not.toBe(before);
});

test('a container that is forgotten leaves no key behind', async () => {
  const { enter, rig, owner, keys, kept } = await opened();
  await enter()();
  await rig.broker.forget(owner);
  await rig.broker.forget(owner);
  expect(keys()).toEqual([]);
  expect([...kept.keys()].some((key) => key.startsWith('oauth:'))).toBe(true);
});

test('while nobody is signed in, a client’s call opens the sign-in, and then enters', async () => {
  const { enter, rig, owner } = await opened();
  await rig.broker.platform.signOut();
  const { broker } = rig.restart();
  expect(await broker.presence(owner)).toBe('missing');
  expect(broker.watch(owner)?.stage).toBe('signed_out');
  const tabs = rig.browser.opened().length;
  const call = enter(broker);
  expect(await failureOf(call({ lane: 'signal' }))).toMatchObject({ code: 'sign_in_needed' });
  expect(await Promise.all([call(), call(), call()])).toEqual([200, 200, 200]);
  expect(rig.browser.opened().length).toBe(tabs + 1);
  expect(await broker.presence(owner)).toBe('present');
});

test('a locked keychain is named, and nothing is asked of the platform in vain', async () => {
  const { enter, state, issued } = await opened();
  const call = enter();
  state.locked = true;
  expect(await failureOf(call())).toMatchObject({ code: 'keychain_locked' });
  expect(issued()).toBe(0);
  state.locked = false;
  expect(await call()).toBe(200);
});

test('a request is PKCS#10 that the platform takes, for our key alone', async () => {
  const rig: PlatformRig = await openPlatformRig();
  await rig.account.login({ issuer: rig.platform.issuer, fresh: false });
  const { chain } = await openAuthorityOf(rig);
  expect(new X509Certificate(chain).ca).toBe(true);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const csr = certificateRequestFor(privateKey);
  expect(csr).toMatch(
    /^-----BEGIN CERTIFICATE REQUEST-----\n([A-Za-z0-9+/=]{1,64}\n)+-----END CERTIFICATE REQUEST-----\n$/,
  );
});
