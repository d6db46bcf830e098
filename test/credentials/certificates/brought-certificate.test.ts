import { copyFileSync, renameSync, writeFileSync } from 'node:fs';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import type { CredentialOwner } from '../../../electron/credentials/broker.ts';
import { createBroker } from '../../../electron/credentials/create-broker.ts';
import { createMemoryVault } from '../../../electron/credentials/memory-vault.ts';
import { systemClock } from '../../../electron/runtime/clock.ts';
import { Secret } from '../../../electron/runtime/secret.ts';
import { createHttpClient } from '../../../electron/upstream/network/http-client.ts';
import { container, type TlsSettings } from '../../../shared/container.ts';
import { broughtCertificate } from '../../support/brought-certificate.ts';
import { offline } from '../../support/offline-sign-in.ts';
import { createTlsAuthority } from '../../support/tls-authority.ts';
import { failureOf, requestTo, startTlsServer, textFrom, tlsSocketOf } from '../../support/web-server.ts';

const passphrase = 'correct horse ünd battery';
const authority = createTlsAuthority();
afterAll(() => authority[Symbol.dispose]());
const own = authority.issue({ use: 'clientAuth' });
const { caFile: ca } = authority;

/** Answers with the serial number of the certificate that it was shown. */
async function serve() {
  const { cert, key } = authority.issue();
  const server = await startTlsServer(
    { cert, key, ca: authority.ca, requestCert: true, rejectUnauthorized: true },
    (request, response) => response.end(tlsSocketOf(request).getPeerCertificate().serialNumber),
  );
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

function clientOf(tls: TlsSettings, more: Parameters<typeof broughtCertificate>[1] = {}) {
  const client = createHttpClient({ tls: { ca }, certificate: broughtCertificate(tls, more), env: {} });
  onTestFinished(() => client.close());
  return client;
}

const saying = (text: string, code = 'config_invalid') => ({
  code,
  message: expect.stringContaining(text) as string,
  help: expect.any(String) as string,
});

test.each(['PKCS#12', 'an encrypted key', 'PKCS#12 without a passphrase'])('%s is shown', async (what) => {
  const server = await serve();
  const tls =
    what === 'an encrypted key'
      ? { cert: own.certFile, key: authority.encryptedKey(own, passphrase) }
      : { pkcs12: authority.pkcs12(own, what === 'PKCS#12' ? passphrase : '') };
  const { send } = clientOf(tls, what.includes('without') ? {} : { passphrase });
  expect(await textFrom(send, requestTo(server.url))).not.toBe('');
  const shown = await broughtCertificate(tls, { passphrase })?.current();
  expect(shown?.subject).toBe('CN=Fairlead test');
  expect((shown?.validTo ?? 0) - Date.now()).toBeGreaterThan(86_400_000);
});

const unusable: [what: string, tls: () => TlsSettings, given: string | undefined, words: string][] = [
  ['a wrong passphrase', () => ({ pkcs12: authority.pkcs12(own, passphrase) }), 'not it', 'does not open'],
  ['no passphrase', () => ({ pkcs12: authority.pkcs12(own, passphrase) }), undefined, 'no passphrase'],
  [
    'a wrong passphrase of a key',
    () => ({ cert: own.certFile, key: authority.encryptedKey(own, passphrase) }),
    'not it',
    'does not open',
  ],
  [
    'no passphrase of a key',
    () => ({ cert: own.certFile, key: authority.encryptedKey(own, passphrase) }),
    undefined,
    'no passphrase',
  ],
  [
    'PKCS#12 without a key',
    () => ({ pkcs12: authority.pkcs12(own, passphrase, '-nokeys') }),
    passphrase,
    'no private key',
  ],
  [
    'PKCS#12 without a certificate',
    () => ({ pkcs12: authority.pkcs12(own, passphrase, '-nocerts') }),
    passphrase,
    'no certificate',
  ],
  [
    'PKCS#12 of another time',
    () => ({ pkcs12: authority.pkcs12(own, passphrase, '-legacy') }),
    passphrase,
    'not taken any more',
  ],
  ['a file that is no PKCS#12', () => ({ pkcs12: own.certFile }), undefined, 'not PKCS#12'],
  ['an empty file', () => ({ pkcs12: authority.write('empty.p12', '') }), undefined, 'not PKCS#12'],
  ['no file', () => ({ pkcs12: '/nowhere.p12' }), undefined, 'cannot be read'],
  ['no certificate file', () => ({ cert: '/nowhere', key: own.keyFile }), undefined, '--cert cannot be read'],
  [
    'a key in place of the certificate',
    () => ({ cert: own.keyFile, key: own.keyFile }),
    undefined,
    '--pkcs12',
  ],
  [
    'the key of another certificate',
    () => ({ cert: own.certFile, key: authority.issue().keyFile }),
    undefined,
    'not that of',
  ],
];

test.each(unusable)('%s is told in words, with what to do', async (_what, ...[tls, given, words]) => {
  const { send } = clientOf(tls(), given === undefined ? {} : { passphrase: given });
  const error = await failureOf(send(requestTo(new URL('https://127.0.0.1:9/mcp'))));
  const { code, message, help } = error as { code: string; message: string; help: string };
  expect(code).toBe(words === 'no passphrase' ? 'secret_missing' : 'config_invalid');
  expect(`${message} ${help}`).toContain(words);
  if (given !== undefined) expect(JSON.stringify([message, help])).not.toContain(given);
});

test('a certificate that has ended, or is not valid yet, is not shown, and says when', async () => {
  const server = await serve();
  const expired = authority.issue({ use: 'clientAuth', days: -1 });
  const { send } = clientOf({ cert: expired.certFile, key: expired.keyFile });
  const error = await failureOf(send(requestTo(server.url)));
  expect(error).toMatchObject(saying('has expired, on 20', 'certificate_unavailable'));
  expect((error as Error).message).toContain(expired.certFile);
  const early = { ...systemClock, now: () => Date.now() - 7 * 86_400_000 };
  const tls = { cert: own.certFile, key: own.keyFile };
  expect(await failureOf(clientOf(tls, { clock: early }).send(requestTo(server.url)))).toMatchObject(
    saying('is not valid before 20', 'certificate_unavailable'),
  );
  expect(server.received()).toBe(0);
});

test('one that the server does not trust is told as such', async () => {
  const server = await serve();
  using stranger = createTlsAuthority();
  const foreign = stranger.issue({ use: 'clientAuth' });
  const wrongUse = authority.issue();
  for (const each of [foreign, wrongUse]) {
    const { send } = clientOf({ cert: each.certFile, key: each.keyFile });
    expect(await failureOf(send(requestTo(server.url)))).toMatchObject({
      help: expect.stringMatching(/--cert|certificate/) as string,
    });
  }
  expect(server.received()).toBe(0);
});

test(
  'files that are replaced are used by connections that are open, too, and half a pair breaks nothing',
  { timeout: 60_000 },
  async () => {
    const server = await serve();
    const [first, second] = [authority.issue({ use: 'clientAuth' }), authority.issue({ use: 'clientAuth' })];
    const tls = {
      cert: authority.write('live.crt', first.cert),
      key: authority.write('live.key', first.key),
    };
    const { send } = clientOf(tls);
    const before = await textFrom(send, requestTo(server.url));
    expect(await textFrom(send, requestTo(server.url))).toBe(before);
    expect(server.connections()).toBe(1);
    writeFileSync(tls.cert, second.cert);
    // A second connection sees the new certificate without its key, and goes on with the old pair.
    const both = await Promise.all([1, 2].map(() => textFrom(send, requestTo(server.url))));
    expect(both).toEqual([before, before]);
    copyFileSync(second.keyFile, `${tls.key}.new`);
    renameSync(`${tls.key}.new`, tls.key);
    await vi.waitFor(async () => expect(await textFrom(send, requestTo(server.url))).not.toBe(before), {
      timeout: 40_000,
      interval: 100,
    });
    await vi.waitFor(() => expect(server.sockets.size).toBe(1), { timeout: 40_000 });
  },
);

test('a passphrase is kept in the vault for a configured container, and deleted with it', async () => {
  const server = await serve();
  const kept = new Map<string, Secret>();
  const memory = createMemoryVault();
  const vault = {
    ...memory,
    read: (key: string) => Promise.resolve(kept.get(key)),
    write: (key: string, secret: Secret) => Promise.resolve(void kept.set(key, secret)),
    delete: (key: string) => Promise.resolve(void kept.delete(key)),
  };
  const pkcs12 = authority.pkcs12(own, passphrase);
  const owner: CredentialOwner = {
    configured: true,
    container: container.parse({
      ...{ name: 'notes', url: server.url.href, auth: { method: 'none' }, tls: { ca, pkcs12 } },
    }),
  };
  const open = (broker = createBroker({ vault, oauth: offline }), of = owner) => {
    const client = createHttpClient({ tls: { ca }, certificate: broker.certificate(of), env: {} });
    onTestFinished(() => client.close());
    return { broker, ask: () => textFrom(client.send, requestTo(server.url)) };
  };
  const { broker, ask } = open();
  expect(await failureOf(ask())).toMatchObject({ code: 'secret_missing' });
  await broker.storePassphrase(owner, new Secret(passphrase));
  expect([...kept.keys()]).toEqual(['certificate-passphrase:notes']);
  expect(await ask()).not.toBe('');
  // After a restart, too.
  expect(await open().ask()).not.toBe('');
  await broker.forget(owner);
  expect(kept.size).toBe(0);
  expect(await failureOf(open().ask())).toMatchObject({ code: 'secret_missing' });
  const handed = { ...owner, configured: false, passphrase: new Secret(passphrase) };
  expect(await open(undefined, handed).ask()).not.toBe('');
  expect(kept.size).toBe(0);
});

test('a passphrase without a certificate is refused', async () => {
  const broker = createBroker({ vault: createMemoryVault(), oauth: offline });
  const plain = container.parse({ name: 'a', url: 'https://a.example', auth: { method: 'none' } });
  const error = await failureOf(
    broker.storePassphrase({ configured: true, container: plain }, new Secret('x')),
  );
  expect(error).toMatchObject({ code: 'usage' });
});
