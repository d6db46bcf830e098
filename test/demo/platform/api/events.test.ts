import { expect, test } from 'vitest';
import { callerOf, openCaller, openEvents } from '../calling.ts';
import { borrowDatabase } from '../database.ts';
import { noor, notes, openPlatform } from '../running.ts';

test('what happens to a container is told as it happens, with the whole row, and to its user alone', async () => {
  const { platform, call, tokens } = await openCaller();
  const stranger = await openCaller(platform, noor);
  const [mine, theirs] = [
    await openEvents(platform.issuer, tokens.access_token),
    await openEvents(platform.issuer, stranger.tokens.access_token),
  ];
  expect(mine.response.headers.get('content-type')).toContain('text/event-stream');
  const { body: row } = await call('POST', '/containers', { name: 'notes', mcp_endpoint: notes });
  const path = `/containers/${String(row['id'])}`;
  expect(await mine.next()).toEqual({ id: '1', event: 'container.created', data: row });
  await call('PATCH', path, { name: 'renamed' });
  await call('DELETE', path);
  expect(await mine.next()).toEqual({
    ...{ id: '2', event: 'container.updated' },
    data: { ...row, name: 'renamed' },
  });
  expect(await mine.next()).toMatchObject({ id: '3', event: 'container.removed' });
  const other = await stranger.call('POST', '/containers', { name: 'other', mcp_endpoint: notes });
  expect(await theirs.next()).toEqual({ id: '1', event: 'container.created', data: other.body });
});

test('who comes back goes on after the event they had last, and after the list they read', async () => {
  const { platform, call, tokens } = await openCaller();
  const create = (index: number) =>
    call('POST', '/containers', { name: `n${index}`, mcp_endpoint: `${notes}/${index}` });
  await create(1);
  const list = await call('GET', '/containers');
  expect(list.headers.get('last-event-id')).toBe('1');
  await create(2);
  await create(3);
  const stream = await openEvents(platform.issuer, tokens.access_token, '1');
  expect([await stream.next(), await stream.next()]).toMatchObject([
    { id: '2', data: { name: 'n2' } },
    { id: '3', data: { name: 'n3' } },
  ]);
});

test('who was away for too long is told to read the list again', async () => {
  const database = await borrowDatabase();
  const { platform, call, tokens } = await openCaller(await openPlatform({ database }));
  const { body } = await call('POST', '/containers', { name: 'notes', mcp_endpoint: notes });
  for (const name of ['one', 'two', 'three'])
    await call('PATCH', `/containers/${String(body['id'])}`, { name });
  await database.query('DELETE FROM container_events WHERE id <= 2');
  for (const [lastId, status] of [
    ['1', 410],
    ['5', 410],
    ['nonsense', 410],
    ['2', 200],
    ['4', 200],
  ] as const) {
    const stream = await openEvents(platform.issuer, tokens.access_token, lastId);
    expect([lastId, stream.response.status]).toEqual([lastId, status]);
    stream.close();
  }
});

test('a silent stream says that it is open, and ends with the token it was opened with', async () => {
  const platform = await openPlatform({ accessTokenSeconds: 3, heartbeatMs: 200 });
  const { tokens } = await openCaller(platform);
  const stream = await openEvents(platform.issuer, tokens.access_token);
  await stream.ended();
  expect(stream.comments()).toBeGreaterThan(1);
});

test('it ends with an API token that is revoked', async () => {
  const platform = await openPlatform({ heartbeatMs: 200 });
  const { call } = await openCaller(platform);
  const { body } = await call('POST', '/tokens', { name: 'watcher', scopes: ['data:read'] });
  const token = String(body['token']);
  const stream = await openEvents(platform.issuer, token);
  expect(stream.response.status).toBe(200);
  await call('DELETE', `/tokens/${String(body['id'])}`);
  await stream.ended();
  expect(await callerOf(platform.issuer, token)('GET', '/me')).toMatchObject({ status: 401 });
});
