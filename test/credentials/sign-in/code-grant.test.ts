import { inspect } from 'node:util';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { comeBack } from '../../support/callback.ts';
import { openRig } from '../../support/sign-in-rig.ts';
import { failureOf } from '../../support/web-server.ts';

const slow = { timeout: 40_000 };

test('signs in once in the browser, for every client that waits, and stays signed in after a restart', async () => {
  const rig = await openRig();
  expect(await rig.broker.presence(rig.owner)).toBe('missing');
  const statuses = await Promise.all(Array.from({ length: 20 }, () => rig.call()));
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(rig.opened().length).toBe(1);
  expect(rig.server.granted).toEqual(new Map([['authorization_code', 1]]));
  expect(await rig.broker.presence(rig.owner)).toBe('present');

  const next = rig.restart();
  expect(await next.presence(rig.owner)).toBe('present');
  expect(await rig.callWith(next)).toBe(200);
  expect(rig.opened().length).toBe(1);
});

test('asks with PKCE, a long state and the resource, and for the scope that the container names', async () => {
  const rig = await openRig();
  await rig.call();
  const query = new URL(rig.opened()[0]!).searchParams;
  expect(Object.fromEntries(query)).toMatchObject({
    response_type: 'code',
    code_challenge_method: 'S256',
    resource: rig.container.url.href,
    redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/) as string,
  });
  expect(query.get('scope')?.split(' ')).toContain('mcp:tools');
  // 128 bits are 22 characters of base64url.
  expect(query.get('state')?.length).toBeGreaterThanOrEqual(22);
  expect(query.get('code_challenge')).toMatch(/^[\w-]{43}$/);
});

test('a later sign-in uses the same registration, a fresh one registers anew', async () => {
  const rig = await openRig();
  await rig.call();
  await rig.broker.signOut(rig.owner);
  await rig.broker.signIn(rig.owner);
  expect(await rig.call()).toBe(200);
  expect(rig.server.registrations()).toBe(1);
  await rig.broker.signIn(rig.owner, { fresh: true });
  expect(rig.server.registrations()).toBe(2);
});

test('a sign-in that was declined is an error, opens no tab by itself again, and one when the person asks', async () => {
  const rig = await openRig({ mode: 'closed', waitMs: 20_000 });
  const waiting = failureOf(rig.call());
  await vi.waitFor(() => expect(rig.opened().length).toBe(1), slow);
  const back = await comeBack(rig.opened()[0]!, {
    error: 'access_denied',
    error_description: '<script>alert("sentinel")</script>',
    iss: rig.server.issuer,
  });
  expect(await back.text()).not.toContain('sentinel');
  const thrown = await waiting;
  expect(thrown).toMatchObject({ code: 'sign_in_failed', message: 'The sign-in was declined.' });
  expect(await rig.broker.presence(rig.owner)).toBe('expired');

  const next = await failureOf(rig.call());
  expect(next).toMatchObject({
    code: 'sign_in_needed',
    url: expect.stringContaining(rig.server.issuer) as string,
  });
  await wait(200);
  expect(rig.opened().length).toBe(1);
  vi.stubEnv('BROWSER_MODE', undefined);
  await rig.broker.signIn(rig.owner);
  expect(rig.opened().length).toBe(2);
  expect(await rig.call()).toBe(200);
});

test('nothing of a token, code or verifier is in logs, prints, snapshots or what the broker shows of itself', async () => {
  const sent: string[] = [];
  const rig = await openRig({
    tokenSeconds: 3,
    fetch: (real) => async (url, init) => {
      if (init.body instanceof URLSearchParams) sent.push(...init.body.values());
      const response = await real(url, init);
      const text = await response.clone().text();
      for (const [, secret = ''] of text.matchAll(/"(?:access|refresh)_token":"([^"]+)"/g)) sent.push(secret);
      return response;
    },
  });
  await rig.call();
  await wait(3_100);
  await rig.call();
  const shown = inspect([rig.broker, rig.logs, rig.printed, rig.broker.pending()], {
    depth: null,
    showHidden: true,
  });
  const secrets = sent.filter((text) => /^[\w-]{30,}$/.test(text));
  expect(secrets.length).toBeGreaterThan(4);
  for (const secret of secrets) expect(shown).not.toContain(secret);
  expect(rig.logs.map(({ event }) => event)).toContain('token.refreshed');
});
