import fc from 'fast-check';
import { expect, test } from 'vitest';
import { conformingAnswer } from '../../../electron/credentials/sign-in/token-answer.ts';

const form = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
const json = (response: Response): Promise<unknown> => response.json();

test('an error that came with 200 is one', async () => {
  const given = Response.json({ error: 'authorization_pending', interval: 5 });
  const answer = await conformingAnswer(given, false);
  expect(answer.status).toBe(400);
  expect(await json(answer)).toEqual({ error: 'authorization_pending', interval: 5 });
});

test('GitHub’s names of errors become those of RFC 6749', async () => {
  const given = new Response('error=incorrect_client_credentials&error_description=x', { headers: form });
  expect(await json(await conformingAnswer(given, false))).toMatchObject({ error: 'invalid_client' });
});

test('a form is read as the JSON that was asked for', async () => {
  const given = new Response('access_token=gho_1&expires_in=28800&scope=a%2Cb&token_type=bearer', {
    headers: form,
  });
  const answer = await conformingAnswer(given, false);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(await json(answer)).toEqual({
    access_token: 'gho_1',
    expires_in: 28_800,
    scope: 'a,b',
    token_type: 'bearer',
  });
});

test('Google’s name of the verification address is understood', async () => {
  const given = Response.json({ device_code: 'd', verification_url: 'https://www.google.com/device' });
  expect(await json(await conformingAnswer(given, false))).toMatchObject({
    verification_uri: 'https://www.google.com/device',
  });
});

test('an ID token stays where it is wanted only', async () => {
  const given = () => Response.json({ access_token: 'a', id_token: 'i' });
  expect(await json(await conformingAnswer(given(), true))).toHaveProperty('id_token', 'i');
  expect(await json(await conformingAnswer(given(), false))).toEqual({ access_token: 'a' });
});

test('what is neither JSON nor a form, or an error of the server, is left alone', async () => {
  for (const given of [
    new Response('<html>', { status: 200, headers: { 'content-type': 'text/html' } }),
    new Response('{"error":', { status: 200, headers: { 'content-type': 'application/json' } }),
    Response.json({ error: 'server_error' }, { status: 503, headers: { 'retry-after': '3' } }),
    new Response(null, { status: 204 }),
  ]) {
    expect(await conformingAnswer(given, false)).toBe(given);
  }
});

test('whatever JSON comes, its members and headers survive', async () => {
  const member = fc.dictionary(fc.string(), fc.jsonValue());
  await fc.assert(
    fc.asyncProperty(member, async (members) => {
      fc.pre(!('error' in members) && !('verification_url' in members) && !('__proto__' in members));
      const given = Response.json(members, { status: 401, headers: { 'www-authenticate': 'Basic' } });
      const answer = await conformingAnswer(given, true);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toBe('Basic');
      expect(await json(answer)).toEqual(JSON.parse(JSON.stringify(members)));
    }),
  );
});
