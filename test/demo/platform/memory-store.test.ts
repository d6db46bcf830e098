import { expect, test } from 'vitest';
import { createMemoryStore } from '../../../demo/platform/memory-store.ts';

const record = { kind: 'RefreshToken', id: 'a', payload: { scope: 'x' } };

test('reads what was written, as a copy, by its id and by its other names', async () => {
  const store = createMemoryStore();
  const payload = { scope: 'x' };
  await store.write({ ...record, payload, userCode: 'CODE' });
  payload.scope = 'changed';
  expect((await store.read('RefreshToken', 'a'))?.payload).toEqual({ scope: 'x' });
  expect((await store.readBy('RefreshToken', 'userCode', 'CODE'))?.id).toBe('a');
  expect(await store.readBy('Session', 'userCode', 'CODE')).toBeUndefined();
  await store.remove('RefreshToken', 'a');
  expect(await store.read('RefreshToken', 'a')).toBeUndefined();
});

test('what has expired is not there', async () => {
  const store = createMemoryStore();
  await store.write({ ...record, uid: 'u', expiresAtMs: Date.now() - 1 });
  expect(await store.read('RefreshToken', 'a')).toBeUndefined();
  expect(await store.readBy('RefreshToken', 'uid', 'u')).toBeUndefined();
  expect(await store.consume('RefreshToken', 'a')).toBe(false);
});

test('only the first of many consumes', async () => {
  const store = createMemoryStore();
  await store.write(record);
  const firsts = await Promise.all(Array.from({ length: 10 }, () => store.consume('RefreshToken', 'a')));
  expect(firsts.filter(Boolean)).toHaveLength(1);
  expect((await store.read('RefreshToken', 'a'))?.payload['consumed']).toEqual(expect.any(Number));
});

test('removes what came of one grant, and of no other', async () => {
  const store = createMemoryStore();
  await store.write({ ...record, id: 'a', grantId: 'g' });
  await store.write({ ...record, id: 'b', grantId: 'h' });
  await store.removeGrant('RefreshToken', 'g');
  expect(await store.read('RefreshToken', 'a')).toBeUndefined();
  expect(await store.read('RefreshToken', 'b')).toBeDefined();
});
