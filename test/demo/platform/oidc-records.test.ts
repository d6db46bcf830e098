import { expect, test } from 'vitest';
import { createOidcRecords } from '../../../demo/platform/oidc-records.ts';
import { borrowDatabase } from './database.ts';

const record = { kind: 'RefreshToken', id: 'a', payload: { scope: 'x' } };

test('reads what was written, as a copy, by its id and by its other names', async () => {
  const records = createOidcRecords(await borrowDatabase());
  const payload = { scope: 'x' };
  await records.write({ ...record, payload, userCode: 'CODE' });
  payload.scope = 'changed';
  expect((await records.read('RefreshToken', 'a'))?.payload).toEqual({ scope: 'x' });
  expect((await records.readBy('RefreshToken', 'userCode', 'CODE'))?.id).toBe('a');
  expect(await records.readBy('Session', 'userCode', 'CODE')).toBeUndefined();
  await records.remove('RefreshToken', 'a');
  expect(await records.read('RefreshToken', 'a')).toBeUndefined();
});

test('what has expired is not there', async () => {
  const records = createOidcRecords(await borrowDatabase());
  await records.write({ ...record, uid: 'u', expiresAtMs: Date.now() - 1 });
  expect(await records.read('RefreshToken', 'a')).toBeUndefined();
  expect(await records.readBy('RefreshToken', 'uid', 'u')).toBeUndefined();
  expect(await records.consume('RefreshToken', 'a')).toBe(false);
});

test('only the first of many consumes', async () => {
  const records = createOidcRecords(await borrowDatabase());
  await records.write(record);
  const firsts = await Promise.all(Array.from({ length: 10 }, () => records.consume('RefreshToken', 'a')));
  expect(firsts.filter(Boolean)).toHaveLength(1);
  expect((await records.read('RefreshToken', 'a'))?.payload['consumed']).toEqual(expect.any(Number));
});

test('removes what came of one grant, and of no other', async () => {
  const records = createOidcRecords(await borrowDatabase());
  await records.write({ ...record, id: 'a', grantId: 'g' });
  await records.write({ ...record, id: 'b', grantId: 'h' });
  await records.removeGrant(['RefreshToken'], 'g');
  expect(await records.read('RefreshToken', 'a')).toBeUndefined();
  expect(await records.read('RefreshToken', 'b')).toBeDefined();
});
