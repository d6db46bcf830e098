import { expect, test } from 'vitest';
import { newContainer } from '../../shared/platform-api.ts';
import { createPlatformClient } from '../../electron/platform/client.ts';
import { failureOf, startWebServer } from '../support/web-server.ts';
import { openLiveRig } from './live-rig.ts';

const external = newContainer.parse({ name: 'notes', mcp_endpoint: 'https://notes.example/mcp' });

test('what the platform refuses is told in words of ours, by its status and by what was wrong', async () => {
  const rig = await openLiveRig();
  const { client, platform, live } = rig;
  const { issuer } = platform;
  expect(await failureOf(client.me(issuer))).toMatchObject({
    code: 'sign_in_needed',
    help: expect.stringContaining('fairlead login') as string,
  });
  await rig.login();
  const row = await client.register(issuer, external);
  expect(live.current?.userId).toBe(row.user_id);
  expect(await failureOf(client.register(issuer, external))).toMatchObject({ code: 'container_exists' });
  expect(await failureOf(client.change(issuer, 'container_0', { name: 'other' }))).toMatchObject({
    code: 'container_unknown',
  });
  expect(await failureOf(client.change(issuer, row.id, { public_key_fingerprint: 'md5/1' }))).toMatchObject({
    code: 'usage',
    message: 'The platform does not take this pin.',
  });
  expect(await failureOf(client.certificate(issuer, row.id, 'nonsense'))).toMatchObject({
    code: 'usage',
    message: 'The platform does not take this certificate request.',
  });
  expect(await failureOf(client.revokeToken(issuer, 'token_0'))).toMatchObject({ code: 'usage' });
  const { secret, token } = await client.createToken(issuer, { name: 'backup', scopes: ['data:read'] });
  expect(JSON.stringify({ secret, token })).not.toContain(secret.reveal());
  await client.revokeToken(issuer, token.id);
  expect(await client.tokens(issuer)).toEqual([]);
  await client.remove(issuer, row.id);
  expect((await client.containers(issuer)).rows).toEqual([]);
});

test('nothing of what a broken platform says is believed or shown', async () => {
  const answers: [status: number, type: string, body: string][] = [
    [200, 'application/json', 'hunter2'],
    [200, 'application/json', '{"id": "hunter2"}'],
    [422, 'application/problem+json', '{"detail": "hunter2", "errors": "hunter2"}'],
    [404, 'text/html', 'hunter2'],
    [500, 'text/plain', 'hunter2'],
    [302, 'text/plain', 'hunter2'],
    [429, 'text/plain', 'hunter2'],
    [200, 'application/json', JSON.stringify('x'.repeat(1024 * 1024 + 1))],
  ];
  let next: (typeof answers)[number] = [200, '', ''];
  await using server = await startWebServer((_request, response) => {
    const [status, type, body] = next;
    response.writeHead(status, { 'content-type': type, location: '/hunter2' }).end(body);
  });
  const { send } = await openLiveRig();
  const client = createPlatformClient({ send });
  const codes: unknown[] = [];
  for (next of answers) {
    const failure = await failureOf(client.me(server.url.origin));
    expect(JSON.stringify([failure, (failure as Error).message])).not.toContain('hunter2');
    codes.push((failure as { code?: string }).code);
  }
  expect(codes).toEqual([
    ...['protocol_violation', 'protocol_violation', 'usage', 'protocol_violation'],
    ...['http_refused', 'http_refused', 'overloaded', 'answer_too_large'],
  ]);
  expect(server.connections()).toBeLessThan(answers.length + 1);
});

test('one row of a later version hides no other', async () => {
  const row = {
    id: 'c1',
    user_id: 'u',
    name: 'notes',
    type: 'external',
    mcp_endpoint: 'https://a.example/mcp',
  };
  const known = { ...row, auth_method: 'mtls', public_key_fingerprint: null, status: 'registered', more: 1 };
  await using server = await startWebServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'last-event-id': '7' });
    response.end(JSON.stringify([{ ...known, status: 'dreaming' }, known, 'nonsense']));
  });
  const { send } = await openLiveRig();
  expect(await createPlatformClient({ send }).containers(server.url.origin)).toMatchObject({
    rows: [{ id: 'c1', status: 'registered' }],
    leftOut: 2,
    lastEvent: '7',
  });
});
