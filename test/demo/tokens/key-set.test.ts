import { jwtVerify, SignJWT } from 'jose';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createKeySet } from '../../../demo/tokens/key-set.ts';
import { openKeys } from '../container/issuer-keys.ts';

async function opened() {
  const keys = await openKeys();
  const signer = async (kid: string, beside = false) => {
    const key = await keys.publish(kid, { beside });
    return () => new SignJWT({}).setProtectedHeader({ alg: 'ES256', kid }).sign(key);
  };
  const find = createKeySet(new URL(`${keys.issuer}/.well-known/jwks.json`));
  const isGood = async (token: string) =>
    jwtVerify(token, find).then(
      () => true,
      (thrown: unknown) => (thrown as { code: string }).code,
    );
  return { keys, signer, isGood };
}

test('reads the keys once for all who come at first', async () => {
  const { keys, signer, isGood } = await opened();
  const sign = await signer('one');
  expect(await Promise.all(Array.from({ length: 20 }, async () => isGood(await sign())))).not.toContain('x');
  expect(keys.requests()).toBe(1);
});

test('waits for a key that is new, with all others that need it', async () => {
  const { keys, signer, isGood } = await opened();
  await isGood(await (await signer('one'))());
  const sign = await signer('two', true);
  const all = await Promise.all(Array.from({ length: 20 }, async () => isGood(await sign())));
  expect(new Set(all)).toEqual(new Set([true]));
  expect(keys.requests()).toBe(2);
});

test('asks at most once in a while for keys that nobody has', async () => {
  const { keys, signer, isGood } = await opened();
  const sign = await signer('one');
  await isGood(await sign());
  const stranger = await signer('two');
  await signer('one');
  const token = await stranger();
  const all = await Promise.all(Array.from({ length: 250 }, () => isGood(token)));
  expect(new Set(all)).toEqual(new Set(['ERR_JWKS_NO_MATCHING_KEY']));
  expect(keys.requests()).toBeLessThanOrEqual(3);
});

test('goes on for a while with the keys that it knows when their issuer is gone', async () => {
  const { keys, signer, isGood } = await opened();
  const sign = await signer('one');
  expect(await isGood(await sign())).toBe(true);
  await keys.close();
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  vi.setSystemTime(Date.now() + 30 * 60_000);
  expect(await isGood(await sign())).toBe(true);
  vi.setSystemTime(Date.now() + 60 * 60_000);
  expect(await isGood(await sign())).toBe('connect_failed');
});
