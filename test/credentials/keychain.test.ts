/** The vault on a real Secret Service: gnome-keyring on a bus of the test's own, used by a child process. */
import { readdir, readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noBus, startKeyring, type Keyring } from '../support/keyring.ts';
import { buildProgram } from '../support/built-program.ts';
import { runVaultProgram } from '../support/vault-process.ts';

const canary = 'sk-canary-9b2f7c41d8';
const key = 'api-key:notes';

describe.runIf(process.platform === 'linux')('on a real Secret Service', () => {
  let program: Awaited<ReturnType<typeof buildProgram>>;
  let keyring: Keyring;
  const open = (env: Record<string, string> = {}) =>
    runVaultProgram(program.file, { ...keyring.env, ...env });

  beforeAll(async () => {
    program = await buildProgram('vault-program');
    keyring = await startKeyring();
  });
  afterAll(async () => {
    await keyring.close();
    await program.remove();
  });

  test('values of every length and script outlive the process that wrote them', async () => {
    const values = {
      short: 'x',
      unicode: 'schlüssel-鍵-🔑'.repeat(40),
      long: 'q8/+='.repeat(2_000),
      'with\nlines': 'a\r\nb',
    };
    await using writer = open();
    expect(await writer.ask({ do: 'check' })).toEqual({});
    for (const [name, value] of Object.entries(values)) {
      expect(await writer.ask({ do: 'write', key: name, value })).toEqual({});
    }
    await writer.exit();
    await using reader = open();
    for (const [name, value] of Object.entries(values)) {
      expect(await reader.ask({ do: 'read', key: name })).toEqual({ value });
      expect(await reader.ask({ do: 'delete', key: name })).toEqual({});
      expect(await reader.ask({ do: 'read', key: name })).toEqual({});
    }
  });

  test('two profiles do not see each other’s secrets', async () => {
    await using one = open({ FAIRLEAD_HOME: '/profiles/one' });
    await using two = open({ FAIRLEAD_HOME: '/profiles/two' });
    await one.ask({ do: 'write', key, value: 'of one' });
    expect(await two.ask({ do: 'read', key })).toEqual({});
    expect(await one.ask({ do: 'read', key })).toEqual({ value: 'of one' });
  });

  test('a keyring that locks is told from an empty one, in a new process too, and works again when unlocked', async () => {
    await using before = open();
    await before.ask({ do: 'write', key, value: 'kept' });
    await keyring.lock();
    try {
      await using after = open();
      for (const vault of [before, after]) {
        for (const order of [
          { do: 'read', key },
          { do: 'read', key: 'api-key:never-written' },
          { do: 'write', key, value: 'new' },
          { do: 'delete', key },
          { do: 'check' },
          { do: 'send' },
        ] as const) {
          const { error } = await vault.ask(order);
          expect(error?.code, order.do).toBe('keychain_locked');
          expect(error?.help).toContain('Unlock it');
        }
      }
    } finally {
      await keyring.unlock();
    }
    expect(await before.ask({ do: 'read', key })).toEqual({ value: 'kept' });
  });

  test('a keyring that was locked before anything was written says so', async () => {
    await using locked = await startKeyring({ locked: true });
    await using vault = runVaultProgram(program.file, locked.env);
    expect((await vault.ask({ do: 'read', key })).error?.code).toBe('keychain_locked');
    expect((await vault.ask({ do: 'write', key, value: 'x' })).error?.code).toBe('keychain_locked');
  });

  test('without a bus, or with nothing on it, the keychain is missing and the help names what to install', async () => {
    await using headless = await startKeyring({ service: false });
    for (const env of [noBus, headless.env]) {
      await using vault = open(env);
      for (const order of [{ do: 'read', key }, { do: 'write', key, value: 'x' }, { do: 'check' }] as const) {
        const { error } = await vault.ask(order);
        expect(error?.code).toBe('keychain_missing');
        expect(error?.help).toContain('libsecret-1-0 gnome-keyring');
      }
    }
  });

  test('a service that starts after the core is found; one that starts anew is missing until the core does too', async () => {
    await using late = await startKeyring({ service: false });
    await using vault = runVaultProgram(program.file, late.env);
    expect((await vault.ask({ do: 'check' })).error?.code).toBe('keychain_missing');
    await late.restart();
    expect(await vault.ask({ do: 'write', key, value: 'kept' })).toEqual({});
    // libsecret goes on asking the process that it found first.
    await late.restart();
    const { error } = await vault.ask({ do: 'read', key });
    expect(error?.code).toBe('keychain_missing');
    expect(error?.help).toContain('`fairlead stop`');
    await using next = runVaultProgram(program.file, late.env);
    expect(await next.ask({ do: 'read', key })).toEqual({ value: 'kept' });
  });

  test('a service that does not answer delays an error by ten seconds once, and the end of the process never', async () => {
    await using vault = open();
    await vault.ask({ do: 'write', key, value: 'kept' });
    keyring.suspend();
    try {
      const { error } = await vault.ask({ do: 'read', key });
      expect(error).toMatchObject({ code: 'keychain_locked', message: 'The keychain does not answer.' });
      const begin = performance.now();
      expect((await vault.ask({ do: 'read', key })).error?.code).toBe('keychain_locked');
      expect(performance.now() - begin).toBeLessThan(5_000);
      expect(await vault.exit()).toBeLessThan(5_000);
    } finally {
      keyring.resume();
    }
  });

  test('a secret stored and sent is nowhere in the process’s surroundings, and on disk only encrypted', async () => {
    await using own = await startKeyring();
    await using vault = runVaultProgram(program.file, { ...own.env, FAIRLEAD_LOG: 'debug' });
    expect(await vault.ask({ do: 'store', value: canary })).toEqual({});
    const expected = createHash('sha256').update(`Bearer ${canary}`).digest('hex');
    expect(await vault.ask({ do: 'send' })).toEqual({ value: expected });

    const files = (await readdir(own.home, { recursive: true, withFileTypes: true })).filter((each) =>
      each.isFile(),
    );
    expect(files.map((file) => file.name)).toContain('login.keyring');
    const places = [
      ...files.map((file) => join(file.parentPath, file.name)),
      `/proc/${vault.pid}/environ`,
      `/proc/${vault.pid}/cmdline`,
    ];
    const bytes = Buffer.from(canary);
    for (const needle of [canary, bytes.toString('base64url'), bytes.toString('hex')]) {
      for (const place of places) expect((await readFile(place)).includes(needle), place).toBe(false);
      expect(vault.printed()).not.toContain(needle);
    }
  });
});
