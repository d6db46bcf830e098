import { expect, test } from 'vitest';
import { createMemoryAccounts, signIn, userIdOf } from '../../../demo/platform/accounts.ts';
import { createSignInLimit } from '../../../demo/platform/sign-in-limit.ts';

test('signs in with the right password, however the e-mail is written', async () => {
  const accounts = await createMemoryAccounts([{ email: 'Maya@Example.com', password: 'caf\u00e9 au lait' }]);
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

test('keeps a salted hash, and an id that is the same at every start', async () => {
  const user = { email: 'maya@example.com', password: 'correct horse battery' };
  const [one, two] = await Promise.all(
    [1, 2].map(async () => (await createMemoryAccounts([user])).byId(userIdOf('maya@example.com'))),
  );
  expect(one?.passwordHash).toMatch(/^scrypt\$32768\$[\w-]{22}\$[\w-]{43}$/);
  expect(one?.passwordHash).not.toBe(two?.passwordHash);
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
