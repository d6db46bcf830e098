import { expect, test } from 'vitest';
import { createProver, maya, notes, openPlatform, signIn, tokenHash } from '../running.ts';

async function me(issuer: string, headers: Record<string, string> = {}, path = '/me') {
  const response = await fetch(`${issuer}/api/v1${path}`, { headers });
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, type: response.headers.get('content-type'), body, response };
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

test('who is signed in to the platform learns who they are', async () => {
  const platform = await openPlatform();
  const { tokens } = await signIn(platform);
  const answer = await me(platform.issuer, bearer(tokens.access_token));
  expect(answer).toMatchObject({
    status: 200,
    body: { id: maya.id, email: maya.email, plan_tier: 'personal' },
  });
  expect(Object.keys(answer.body).length).toBe(3);
  expect(answer.response.headers.get('cache-control')).toBe('no-store');
});

test('a token that is bound to a key comes with a proof for this very request', async () => {
  const platform = await openPlatform();
  const prove = await createProver();
  const { tokens } = await signIn(platform, {
    headers: { dpop: await prove('POST', `${platform.issuer}/token`) },
  });
  const { access_token: token } = tokens;
  const proof = (path: string) => prove('GET', `${platform.issuer}/api/v1${path}`, { ath: tokenHash(token) });
  const send = (headers: Record<string, string>) => me(platform.issuer, headers);
  expect(await send({ authorization: `DPoP ${token}`, dpop: await proof('/me') })).toMatchObject({
    status: 200,
  });
  expect(await send({ authorization: `DPoP ${token}`, dpop: await proof('/you') })).toMatchObject({
    status: 401,
  });
  expect(await send(bearer(token))).toMatchObject({ status: 401 });
});

test('without a token, with one for a container, or with nonsense: a problem, and how to do better', async () => {
  const platform = await openPlatform();
  const { tokens, refresh } = await signIn(platform);
  const other = await platform.tokens(refresh(tokens.refresh_token, { resource: notes }));
  for (const headers of [{}, bearer(other.access_token), bearer('nonsense'), bearer(tokens.refresh_token)]) {
    const answer = await me(platform.issuer, headers);
    expect(answer).toMatchObject({
      status: 401,
      type: 'application/problem+json',
      body: { title: 'Unauthorized', status: 401 },
    });
    const told = Object.keys(headers).length > 0;
    expect(answer.response.headers.get('www-authenticate')?.includes('invalid_token')).toBe(told);
  }
});

test('what is not there is a problem too, for those who may ask', async () => {
  const platform = await openPlatform();
  const { tokens } = await signIn(platform);
  expect(await me(platform.issuer, bearer(tokens.access_token), '/nothing')).toMatchObject({
    status: 404,
    type: 'application/problem+json',
  });
  expect(await me(platform.issuer, {}, '/nothing')).toMatchObject({ status: 401 });
});
