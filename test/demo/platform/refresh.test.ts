import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { maya, noor, notes, openPlatform, signIn, type SignedIn, type TestPlatform } from './running.ts';

async function refusal(platform: TestPlatform, form: Record<string, string>) {
  const response = await platform.post('/token', form);
  const { error } = (await response.json()) as { error?: string };
  return { status: response.status, error };
}
const invalidGrant = { status: 400, error: 'invalid_grant' };

async function opened(changes: Record<string, string> = {}): Promise<SignedIn & { platform: TestPlatform }> {
  const platform = await openPlatform();
  return { platform, ...(await signIn(platform, { changes })) };
}

test('every refresh gives a new refresh token', async () => {
  const { platform, tokens, refresh } = await opened();
  const second = await platform.tokens(refresh(tokens.refresh_token));
  const third = await platform.tokens(refresh(second.refresh_token));
  expect(new Set([tokens, second, third].map((each) => each.refresh_token)).size).toBe(3);
  expect(decodeJwt(third.access_token).sub).toBe(maya.id);
});

test('a refresh token that is used again ends the sign-in, also for its new holder', async () => {
  const { platform, tokens, refresh } = await opened();
  const second = await platform.tokens(refresh(tokens.refresh_token));
  expect(await refusal(platform, refresh(tokens.refresh_token))).toEqual(invalidGrant);
  expect(await refusal(platform, refresh(second.refresh_token))).toEqual(invalidGrant);
});

test('of many who use one refresh token at the same time, at most one is served', async () => {
  const { platform, tokens, refresh } = await opened();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => platform.post('/token', refresh(tokens.refresh_token))),
  );
  const served = answers.filter(({ status }) => status === 200);
  expect(served.length).toBeLessThanOrEqual(1);
  for (const answer of served) {
    const { refresh_token: fresh } = (await answer.json()) as { refresh_token: string };
    expect(await refusal(platform, refresh(fresh))).toEqual(invalidGrant);
  }
});

test('who signed in to the platform refreshes into a token for any of their containers', async () => {
  const { platform, tokens, refresh } = await opened();
  const crm = 'https://crm.example.com/mcp';
  await platform.addContainer({ id: 'container_1', userId: maya.id, endpoint: notes });
  await platform.addContainer({ id: 'container_2', userId: maya.id, endpoint: crm });

  const one = await platform.tokens(refresh(tokens.refresh_token, { resource: notes }));
  const two = await platform.tokens(refresh(one.refresh_token, { resource: crm }));
  const own = await platform.tokens(refresh(two.refresh_token));
  const again = await platform.tokens(refresh(own.refresh_token, { resource: notes, scope: 'mcp:tools' }));
  expect([one, two, own, again].map((each) => decodeJwt(each.access_token))).toMatchObject([
    { aud: notes, sub: maya.id, container_id: 'container_1', scope: 'mcp:tools mcp:resources data:read' },
    { aud: crm, sub: maya.id, container_id: 'container_2' },
    { aud: `${platform.issuer}/api/v1` },
    { aud: notes, scope: 'mcp:tools' },
  ]);
  expect(again.expires_in).toBe(300);
});

test('another’s container, or no container at all, is refused and costs nothing', async () => {
  const { platform, tokens, refresh } = await opened();
  await platform.addContainer({ id: 'container_1', userId: noor.id, endpoint: notes });
  for (const resource of [notes, 'http://10.0.0.1/mcp', 'https://user:pass@x.example/', 'nonsense']) {
    expect(await refusal(platform, refresh(tokens.refresh_token, { resource }))).toEqual({
      status: 400,
      error: 'invalid_target',
    });
  }
  expect(await platform.tokens(refresh(tokens.refresh_token))).toHaveProperty('access_token');
});

test('a sign-in to one container stays with it', async () => {
  const { platform, tokens, refresh } = await opened({ resource: notes });
  for (const resource of ['https://crm.example.com/mcp', `${platform.issuer}/api/v1`]) {
    expect(await refusal(platform, refresh(tokens.refresh_token, { resource }))).toEqual({
      status: 400,
      error: 'invalid_target',
    });
  }
  const next = await platform.tokens(refresh(tokens.refresh_token));
  expect(decodeJwt(next.access_token).aud).toBe(notes);
});

test('a refresh cannot add scopes', async () => {
  const { platform, tokens, refresh } = await opened({ scope: 'mcp:tools', resource: notes });
  const more = refresh(tokens.refresh_token, { scope: 'mcp:tools data:read' });
  expect(await refusal(platform, more)).toEqual({ status: 400, error: 'invalid_scope' });
});

test('revoking a refresh token ends its sign-in and no other', async () => {
  const platform = await openPlatform();
  const clientId = await platform.client();
  const [one, other] = [await signIn(platform, { clientId }), await signIn(platform, { clientId })];
  const revoke = (token: string) => platform.post('/revoke', { client_id: clientId, token });

  expect((await revoke(one.tokens.refresh_token)).status).toBe(200);
  expect(await refusal(platform, one.refresh(one.tokens.refresh_token))).toEqual(invalidGrant);
  expect(await platform.tokens(other.refresh(other.tokens.refresh_token))).toHaveProperty('access_token');
  // RFC 7009 §2.2: a token that means nothing is as good as revoked.
  expect((await revoke('unknown')).status).toBe(200);
});

test('a program cannot revoke or use another program’s token', async () => {
  const { platform, tokens, refresh } = await opened();
  const other = await platform.client();
  await platform.post('/revoke', { client_id: other, token: tokens.refresh_token });
  expect(await refusal(platform, { ...refresh(tokens.refresh_token), client_id: other })).toEqual(
    invalidGrant,
  );
  expect(await platform.tokens(refresh(tokens.refresh_token))).toHaveProperty('access_token');
});
