import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { CredentialOwner } from '../../electron/credentials/broker.ts';
import { createBroker } from '../../electron/credentials/create-broker.ts';
import type { HttpRequest, HttpResponse } from '../../electron/credentials/exchange.ts';
import { createKeychainVault } from '../../electron/credentials/keychain-vault.ts';
import { createMemoryVault } from '../../electron/credentials/memory-vault.ts';
import { vaultKey } from '../../electron/credentials/vault-key.ts';
import { Secret } from '../../electron/runtime/secret.ts';
import { container } from '../../shared/container.ts';
import { createMemoryEntries } from '../support/entry-store.ts';
import { offline as oauth } from '../support/offline-sign-in.ts';

const url = 'https://notes.example/mcp';

function owner(
  settings: { header?: string; open?: true; account?: string; url?: string } = {},
): CredentialOwner {
  const { header, open, ...rest } = settings;
  const auth = open === true ? { method: 'none' } : { method: 'api_key', header };
  return { configured: true, container: container.parse({ name: 'notes', url, auth, ...rest }) };
}

/** Records what it is given and answers with `status`. */
function network() {
  const requests: HttpRequest[] = [];
  const line = {
    requests,
    status: 200,
    send: (request: HttpRequest): Promise<HttpResponse> => {
      requests.push(request);
      const nothing = () => undefined;
      const { status } = line;
      return Promise.resolve({
        status,
        header: nothing,
        read: nothing,
        pause: nothing,
        resume: nothing,
        discard: nothing,
      });
    },
    last: () => requests.at(-1)!.headers,
  };
  return line;
}

const request = (headers: Record<string, string> = {}): HttpRequest => ({
  method: 'POST',
  url: new URL(url),
  headers,
  signal: new AbortController().signal,
  lane: 'call',
});

test('tells that a key has come or gone', async () => {
  const broker = createBroker({ vault: createMemoryVault(), oauth });
  const told = vi.fn();
  const end = broker.onChange(told);
  await broker.store(owner(), new Secret('k1'));
  expect(told).toHaveBeenCalledTimes(1);
  await broker.forget(owner());
  expect(told).toHaveBeenCalledTimes(2);
  end();
  await broker.store(owner(), new Secret('k2'));
  expect(told).toHaveBeenCalledTimes(2);
});

test('sends an Authorization secret as Bearer, and any other header’s alone', async () => {
  const expected = {
    Authorization: ['authorization', 'Bearer k1'],
    'X-Api-Key': ['x-api-key', 'k1'],
  } as const;
  for (const [header, [field, value]] of Object.entries(expected)) {
    const broker = createBroker({ oauth, vault: createMemoryVault() });
    const line = network();
    await broker.store(owner({ header }), new Secret('k1'));
    await broker.authenticated(owner({ header }), line.send)(request({ accept: 'a/b' }));
    expect(line.last()).toEqual({ accept: 'a/b', [field]: value });
  }
});

test('leaves a request to an open container as it is, and needs no vault for it', async () => {
  const broker = createBroker({ oauth, vault: createMemoryVault() });
  const line = network();
  const original = request({ accept: 'a/b' });
  await broker.authenticated(owner({ open: true }), line.send)(original);
  expect(line.requests).toEqual([original]);
  expect(await broker.presence(owner({ open: true }))).toBe('not_needed');
  await broker.forget(owner({ open: true }));
  await expect(broker.store(owner({ open: true }), new Secret('k'))).rejects.toMatchObject({
    code: 'usage',
  });
});

test('never lets a client’s header take the credential’s place', async () => {
  const broker = createBroker({ oauth, vault: createMemoryVault() });
  const line = network();
  await broker.store(owner(), new Secret('k1'));
  await broker.authenticated(owner(), line.send)(request({ authorization: 'Bearer forged' }));
  expect(line.last()).toEqual({ authorization: 'Bearer k1' });
});

test('a handed-in secret is used and not stored', async () => {
  const vault = createMemoryVault();
  const broker = createBroker({ oauth, vault });
  const line = network();
  const given = { ...owner(), handedIn: new Secret('given') };
  await broker.authenticated(given, line.send)(request());
  expect(line.last()).toEqual({ authorization: 'Bearer given' });
  expect(await broker.presence(given)).toBe('present');
  expect(await broker.presence(owner())).toBe('missing');
  const unfit = broker.authenticated({ ...given, handedIn: new Secret('a\nb') }, line.send);
  await expect(unfit(request())).rejects.toMatchObject({ code: 'usage' });
  expect(line.requests.length).toBe(1);
});

test('asks the vault once for many requests at once, and not again', async () => {
  const memory = createMemoryVault();
  let reads = 0;
  const vault = { ...memory, read: (key: string) => ((reads += 1), memory.read(key)) };
  await memory.write(vaultKey(owner()), new Secret('k1'));
  const send = createBroker({ oauth, vault }).authenticated(owner(), network().send);
  await Promise.all(Array.from({ length: 50 }, () => send(request())));
  await send(request());
  expect(reads).toBe(1);
});

test('without a secret nothing is sent, and the error names the command', async () => {
  const broker = createBroker({ oauth, vault: createMemoryVault() });
  const line = network();
  for (const each of [owner(), { ...owner(), configured: false }]) {
    await expect(broker.authenticated(each, line.send)(request())).rejects.toMatchObject({
      code: 'secret_missing',
      help: expect.stringMatching(/fairlead (add|auth) .*--secret-stdin/) as string,
    });
  }
  expect(line.requests).toEqual([]);
});

test('a 401 goes through, and the next request sees what the person has put into the vault by then', async () => {
  const vault = createMemoryVault();
  const broker = createBroker({ oauth, vault });
  const line = network();
  const send = broker.authenticated(owner(), line.send);
  await broker.store(owner(), new Secret('old'));
  await send(request());
  await vault.write(vaultKey(owner()), new Secret('new'));
  await send(request());
  expect(line.last()).toEqual({ authorization: 'Bearer old' });
  line.status = 401;
  expect((await send(request())).status).toBe(401);
  line.status = 200;
  await send(request());
  expect(line.last()).toEqual({ authorization: 'Bearer new' });
});

test('storing replaces what open connections use, forgetting takes it from them', async () => {
  const vault = createMemoryVault();
  const broker = createBroker({ oauth, vault });
  const line = network();
  const send = broker.authenticated(owner(), line.send);
  await broker.store(owner(), new Secret('one'));
  await send(request());
  await broker.store(owner(), new Secret('two'));
  await send(request());
  expect(line.last()).toEqual({ authorization: 'Bearer two' });
  await broker.forget(owner());
  await broker.forget(owner());
  expect(await vault.read(vaultKey(owner()))).toBeUndefined();
  await expect(send(request())).rejects.toMatchObject({ code: 'secret_missing' });
  expect(await broker.presence(owner())).toBe('missing');
});

test('a locked keychain is its own error, unknown presence, and asked again by the next request', async () => {
  const entries = createMemoryEntries();
  const vault = createKeychainVault(entries, 'secret-service');
  const broker = createBroker({ oauth, vault });
  const line = network();
  await vault.write(vaultKey(owner()), new Secret('k1'));
  entries.locked = true;
  const send = broker.authenticated(owner(), line.send);
  await expect(send(request())).rejects.toMatchObject({ code: 'keychain_locked' });
  await expect(broker.store(owner(), new Secret('k2'))).rejects.toMatchObject({ code: 'keychain_locked' });
  expect(await broker.presence(owner())).toBe('unknown');
  entries.locked = false;
  await send(request());
  expect(line.last()).toEqual({ authorization: 'Bearer k1' });
});

test('a secret that cannot be a header’s value is refused in words that do not quote it', async () => {
  const vault = createMemoryVault();
  const broker = createBroker({ oauth, vault });
  const unfit = ['', 'k1\r\nHost: evil', 'k\0', 'k\u007f', '鑰匙', ' k1', 'k1\n', 'Bearer k1'];
  for (const text of unfit) {
    const thrown: unknown = await broker.store(owner(), new Secret(text)).catch((each: unknown) => each);
    expect(thrown, JSON.stringify(text)).toMatchObject({ code: 'usage' });
    expect(inspect(thrown)).not.toContain('k1');
    await vault.write(vaultKey(owner()), new Secret(text));
    const send = broker.authenticated(owner(), network().send);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      await expect(send(request())).rejects.toMatchObject({ code: 'usage' });
    }
    await broker.forget(owner());
  }
  await broker.store(owner({ header: 'X-Key' }), new Secret('Bearer k1 é\t~'));
});

test('whatever is accepted can be sent: Node’s own check of header values agrees', async () => {
  const broker = createBroker({ oauth, vault: createMemoryVault() });
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
      const accepted = await broker.store(owner({ header: 'X-Key' }), new Secret(text)).then(
        () => true,
        () => false,
      );
      if (accepted) expect(() => new Headers({ 'x-key': text })).not.toThrow();
    }),
  );
});

test('keys are readable, tell accounts apart and show nothing of a URL’s query', () => {
  expect(vaultKey(owner())).toBe('api-key:notes');
  const byUrl = (settings: Parameters<typeof owner>[0]) =>
    vaultKey({ ...owner(settings), configured: false });
  expect(byUrl({})).toBe(`api-key:${url}`);
  expect(byUrl({ account: 'me #1' })).toBe(`api-key:${url}#me%20%231`);
  expect(byUrl({ url: `${url}?key=hidden` })).toMatch(
    /^api-key:https:\/\/notes\.example\/mcp\?[0-9a-f]{16}$/,
  );
  expect(byUrl({ url: `${url}?key=a` })).not.toBe(byUrl({ url: `${url}?key=b` }));
});

test('prints nothing', async () => {
  const written = [vi.spyOn(process.stdout, 'write'), vi.spyOn(process.stderr, 'write')];
  const broker = createBroker({ oauth, vault: createMemoryVault() });
  await broker.store(owner(), new Secret('sk-canary-1'));
  await broker.authenticated(owner(), network().send)(request());
  await broker.store(owner(), new Secret('sk-canary-1\n')).catch(() => undefined);
  for (const stream of written) {
    expect(JSON.stringify(stream.mock.calls)).not.toContain('canary');
    stream.mockRestore();
  }
  expect(inspect(broker, { depth: null, showHidden: true })).not.toContain('canary');
});
