import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createdToken } from '../../../../shared/platform-api.ts';
import { borrowDatabase } from '../database.ts';
import { callerOf, openCaller } from '../calling.ts';
import { maya, noor, notes, openPlatform } from '../running.ts';

test('a token is shown once, and kept as a hash', async () => {
  const database = await borrowDatabase();
  const { call } = await openCaller(await openPlatform({ database }));
  const made = await call('POST', '/tokens', { name: 'my laptop', scopes: ['data:read', 'data:read'] });
  expect(made).toMatchObject({
    status: 201,
    body: { name: 'my laptop', user_id: maya.id, scopes: ['data:read'], issued_for: 'user_direct' },
  });
  const { token, ...row } = createdToken.parse(made.body);
  expect(token).toMatch(/^fplt_[\w-]{43}$/);
  expect((await call('GET', '/tokens')).list).toEqual([row]);
  const [kept] = await database.query<{ token_hash: string }>('SELECT * FROM api_tokens');
  expect(kept?.token_hash).toBe(createHash('sha256').update(token).digest('hex'));
  expect(JSON.stringify(kept)).not.toContain(token);
});

test('with data:read it looks, and does nothing else', async () => {
  const { platform, call } = await openCaller();
  const { body } = await call('POST', '/tokens', { name: 'reader', scopes: ['data:read'] });
  const read = callerOf(platform.issuer, String(body['token']));
  expect(await read('GET', '/me')).toMatchObject({ status: 200, body: { id: maya.id } });
  expect(await read('GET', '/containers')).toMatchObject({ status: 200 });
  for (const [method, path] of [
    ['POST', '/containers'],
    ['GET', '/tokens'],
    ['POST', '/tokens'],
    ['DELETE', `/tokens/${String(body['id'])}`],
  ] as const) {
    expect(await read(method, path)).toMatchObject({ status: 403, type: 'application/problem+json' });
  }
  const other = await call('POST', '/tokens', { name: 'tools', scopes: ['mcp:tools'] });
  expect(await callerOf(platform.issuer, String(other.body['token']))('GET', '/me')).toMatchObject({
    status: 403,
  });
});

test('revoked, expired or never issued, it opens nothing', async () => {
  const database = await borrowDatabase();
  const { platform, call } = await openCaller(await openPlatform({ database }));
  const create = async () => {
    const { body } = await call('POST', '/tokens', { name: 'reader', scopes: ['data:read'] });
    return {
      id: String(body['id']),
      me: () => callerOf(platform.issuer, String(body['token']))('GET', '/me'),
    };
  };
  const [revoked, expired] = [await create(), await create()];
  const stranger = await openCaller(platform, noor);
  expect(await stranger.call('DELETE', `/tokens/${revoked.id}`)).toMatchObject({ status: 404 });
  expect(await revoked.me()).toMatchObject({ status: 200 });
  expect(await call('DELETE', `/tokens/${revoked.id}`)).toMatchObject({ status: 204 });
  await database.query(`UPDATE api_tokens SET expires_at = now() WHERE id = $1`, [expired.id]);
  expect(await revoked.me()).toMatchObject({ status: 401 });
  expect(await expired.me()).toMatchObject({ status: 401 });
  const made = callerOf(platform.issuer, `fplt_${'A'.repeat(43)}`);
  expect(await made('GET', '/me')).toMatchObject({ status: 401 });
});

test('what a token may be is checked', async () => {
  const { call } = await openCaller();
  for (const wrong of [
    { name: '', scopes: ['data:read'] },
    { name: 'a', scopes: [] },
    { name: 'a', scopes: ['admin'] },
    { name: 'a', scopes: ['data:read'], expires_in_days: 366 },
    { name: 'a', scopes: ['data:read'], token: notes },
  ]) {
    expect(await call('POST', '/tokens', wrong)).toMatchObject({ status: 422 });
  }
});
