import { expect, test } from 'vitest';
import { containerRow } from '../../../../shared/platform-api.ts';
import { openCaller } from '../calling.ts';
import { maya, noor, notes } from '../running.ts';

const crm = 'https://crm.example.com/mcp';

test('an external container is registered, listed, changed and removed', async () => {
  const { call } = await openCaller();
  const made = await call('POST', '/containers', { name: 'notes', mcp_endpoint: notes });
  expect(made).toMatchObject({
    status: 201,
    body: {
      ...{ user_id: maya.id, name: 'notes', type: 'external', mcp_endpoint: notes },
      ...{ auth_method: 'platform_token', public_key_fingerprint: null, status: 'registered' },
    },
  });
  const { id } = containerRow.parse(made.body);
  const fingerprint = `sha256/${'A'.repeat(43)}=`;
  expect(
    await call('PATCH', `/containers/${id}`, { public_key_fingerprint: fingerprint, auth_method: 'mtls' }),
  ).toMatchObject({ status: 200, body: { name: 'notes', auth_method: 'mtls' } });
  expect((await call('GET', '/containers')).list).toMatchObject([
    { id, public_key_fingerprint: fingerprint },
  ]);
  expect(await call('DELETE', `/containers/${id}`)).toMatchObject({ status: 204 });
  expect((await call('GET', '/containers')).list).toEqual([]);
  expect(await call('DELETE', `/containers/${id}`)).toMatchObject({ status: 404 });
});

test('what is wrong of the input is told where it is, as a problem', async () => {
  const { call } = await openCaller();
  const wrong: [body: unknown, status: number, pointer?: string][] = [
    ['{', 400],
    [{ name: 'x y', mcp_endpoint: notes }, 422, '/name'],
    [{ name: 'a', mcp_endpoint: 'http://notes.example.com/mcp' }, 422, '/mcp_endpoint'],
    [{ name: 'a', mcp_endpoint: `${notes}?key=1` }, 422, '/mcp_endpoint'],
    [{ name: 'a', mcp_endpoint: 'https://me@notes.example.com/mcp' }, 422, '/mcp_endpoint'],
    [{ name: 'a', mcp_endpoint: notes, auth_method: 'none' }, 422, '/auth_method'],
    [{ name: 'a', mcp_endpoint: notes, public_key_fingerprint: 'sha1/x' }, 422, '/public_key_fingerprint'],
    [{ name: 'a', mcp_endpoint: notes, user_id: noor.id }, 422, ''],
    [{ name: 'a'.repeat(70_000), mcp_endpoint: notes }, 413],
  ];
  for (const [body, status, pointer] of wrong) {
    const answer = await call('POST', '/containers', body);
    expect(answer, JSON.stringify(body).slice(0, 100)).toMatchObject({
      ...{ status, type: 'application/problem+json' },
      body: { status, ...(pointer !== undefined && { errors: [{ pointer }] }) },
    });
  }
  expect((await call('GET', '/containers')).list).toEqual([]);
});

test('a name and an endpoint are one container’s of a user; another user may have the same', async () => {
  const maya = await openCaller();
  const theirs = await openCaller(maya.platform, noor);
  expect(await maya.call('POST', '/containers', { name: 'notes', mcp_endpoint: notes })).toMatchObject({
    status: 201,
  });
  for (const again of [
    { name: 'notes', mcp_endpoint: crm },
    { name: 'other', mcp_endpoint: notes },
  ]) {
    expect(await maya.call('POST', '/containers', again)).toMatchObject({ status: 409 });
  }
  expect(await theirs.call('POST', '/containers', { name: 'notes', mcp_endpoint: notes })).toMatchObject({
    status: 201,
  });
  // So nobody can keep an owner from their own server by registering it first.
  await maya.tokenFor(notes);
  await theirs.tokenFor(notes);
});

test('another user’s container is as one that is not there', async () => {
  const owner = await openCaller();
  const stranger = await openCaller(owner.platform, noor);
  const { body } = await owner.call('POST', '/containers', { name: 'notes', mcp_endpoint: notes });
  const path = `/containers/${containerRow.parse(body).id}`;
  for (const [method, of, sent] of [
    ['PATCH', path, { name: 'mine' }],
    ['DELETE', path, undefined],
    ['POST', `${path}/start`, undefined],
    ['POST', `${path}/certificates`, { csr: 'x' }],
  ] as const) {
    const [there, not] = [
      await stranger.call(method, of, sent),
      await stranger.call(method, of.replace(path, '/containers/container_none'), sent),
    ];
    expect([there.status, there.body]).toEqual([404, not.body]);
  }
  await expect(stranger.tokenFor(notes)).rejects.toThrow('invalid_target');
  expect((await owner.call('GET', '/containers')).list).toMatchObject([{ name: 'notes' }]);
});

test('of many who take one name at once, one gets it', async () => {
  const { call } = await openCaller();
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      call('POST', '/containers', { name: 'notes', mcp_endpoint: `${notes}/${index}` }),
    ),
  );
  expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array<number>(7).fill(409)]);
});

test('only a hosted container is started, and only its name is changed', async () => {
  const { call } = await openCaller();
  const external = await call('POST', '/containers', { name: 'notes', mcp_endpoint: notes });
  expect(await call('POST', `/containers/${String(external.body['id'])}/start`)).toMatchObject({
    status: 409,
  });
  const hosted = await call('POST', '/containers', { name: 'hosted', type: 'hosted' });
  expect(hosted).toMatchObject({
    status: 201,
    body: { type: 'hosted', status: 'sleeping', auth_method: 'mtls' },
  });
  const path = `/containers/${String(hosted.body['id'])}`;
  expect(await call('PATCH', path, { mcp_endpoint: notes })).toMatchObject({ status: 409 });
  expect(await call('PATCH', path, { name: 'renamed' })).toMatchObject({ status: 200 });
});

test('who did what is in the audit log, without what they sent', async () => {
  const { call, platform, tokens } = await openCaller();
  await call('POST', '/containers', { name: 'notes', mcp_endpoint: notes });
  const lines = platform.audited.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(lines).toMatchObject([
    { event: 'sign_in', outcome: 'ok', user: maya.id, address: '127.0.0.1' },
    { event: 'container_created', outcome: 'ok', user: maya.id },
  ]);
  for (const secret of [maya.password, tokens.access_token, tokens.refresh_token])
    expect(platform.audited.join('')).not.toContain(secret);
});
