import { expect, test } from 'vitest';
import { createAccounts, signIn, userIdOf } from '../../../demo/platform/accounts.ts';
import { borrowDatabase } from './database.ts';
import { createSignInLimit } from '../../../demo/authorization/sign-in-limit.ts';

test('signs in with the right password, however the e-mail is written', async () => {
  const accounts = createAccounts(await borrowDatabase());
  await accounts.ensure({ email: 'Maya@Example.com', password: 'caf\u00e9 au lait' });
  for (const email of ['maya@example.com', ' MAYA@example.com ']) {
    // The same word, with the accent as a character of its own.
    expect((await signIn(accounts, { email, password: 'cafe\u0301 au lait' }))?.email).toBe(
      'maya@example.com',
    );
  }
  for (const password of ['', 'cafe au lait', 'caf\u00e9 au lait ']) {
    expect(await signIn(accounts, { email: 'maya@example.com', password })).toBeUndefined();
  }
  expect(await signIn(accounts, { email: 'noor@example.com', password: 'x' })).toBeUndefined();
});

test('keeps a salted hash with its cost, and an id that is the same at every start', async () => {
  const accounts = createAccounts(await borrowDatabase());
  const start = async (password: string) => {
    await accounts.ensure({ email: 'maya@example.com', password });
    return accounts.byId(userIdOf('Maya@example.com'));
  };
  const [one, two] = [await start('correct horse battery'), await start('correct horse battery')];
  expect(one?.passwordHash).toMatch(/^scrypt\$32768\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
  expect(one?.passwordHash).not.toBe(two?.passwordHash);
  await start('another');
  expect(await signIn(accounts, { email: 'maya@example.com', password: 'another' })).toBeDefined();
  expect(
    await signIn(accounts, { email: 'maya@example.com', password: 'correct horse battery' }),
  ).toBeUndefined();
});

test('lets wait after five tries for one person, until the time is over', () => {
  let nowMs = 0;
  const limit = createSignInLimit(() => nowMs);
  const attempt = { email: 'maya@example.com', address: '192.0.2.1' };
  for (let count = 0; count < 5; count += 1) expect(limit.begin(attempt)).toBe(0);
  expect(limit.begin({ ...attempt, email: ' MAYA@example.com' })).toBe(300);
  expect(limit.begin({ ...attempt, address: '192.0.2.2' })).toBe(0);
  nowMs = 299_000;
  expect(limit.begin(attempt)).toBe(1);
  nowMs = 300_000;
  expect(limit.begin(attempt)).toBe(0);
});

test('counts all of one address too, and forgets what ended well', () => {
  const limit = createSignInLimit(() => 0);
  const of = (index: number) => ({ email: `user${index}@example.com`, address: '192.0.2.1' });
  for (let index = 0; index < 200; index += 1) {
    expect(limit.begin(of(index))).toBe(0);
    limit.succeeded(of(index));
  }
  for (let index = 0; index < 50; index += 1) expect(limit.begin(of(index))).toBe(0);
  expect(limit.begin(of(99))).toBeGreaterThan(0);
});
