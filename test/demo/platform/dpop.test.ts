import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { createProver, openPlatform, signIn } from './running.ts';

test('a program that offers a proof gets tokens that are bound to its key', async () => {
  const platform = await openPlatform();
  const prove = await createProver();
  const tokenUrl = `${platform.issuer}/token`;
  const proof = async () => ({ dpop: await prove('POST', tokenUrl) });
  const { tokens, refresh } = await signIn(platform, { headers: await proof() });
  expect(tokens.token_type).toBe('DPoP');
  expect(decodeJwt(tokens.access_token)).toMatchObject({ cnf: { jkt: expect.any(String) as string } });

  const stolen = await createProver();
  const statusWith = async (headers: Record<string, string>) =>
    (await platform.post('/token', refresh(tokens.refresh_token), headers)).status;
  expect(await statusWith({})).toBe(400);
  expect(await statusWith({ dpop: await stolen('POST', tokenUrl) })).toBe(400);
  expect(await statusWith(await proof())).toBe(200);
});

test('a proof counts once', async () => {
  const platform = await openPlatform();
  const prove = await createProver();
  const headers = { dpop: await prove('POST', `${platform.issuer}/token`) };
  const { tokens, refresh } = await signIn(platform, { headers });
  const response = await platform.post('/token', refresh(tokens.refresh_token), headers);
  expect(response.status).toBe(400);
});
