import { setTimeout as wait } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import type { GuardedFetch } from '../../../electron/credentials/discovery/discovered.ts';
import { tokenKey } from '../../../electron/credentials/vault-key.ts';
import { systemClock } from '../../../electron/runtime/clock.ts';
import { Secret } from '../../../electron/runtime/secret.ts';
import { deskClient, idTokenGuard } from '../../support/identity.ts';
import { enterCode, openRig, type RigOptions } from '../../support/sign-in-rig.ts';
import { failureOf } from '../../support/web-server.ts';

const slow = { timeout: 40_000 };

function identity(more: Record<string, unknown> = {}): RigOptions {
  return {
    clients: [deskClient],
    auth: ({ issuer }) => ({
      method: 'identity',
      provider: issuer,
      clientId: deskClient.client_id,
      present: 'id',
      ...more,
    }),
  };
}

type Change = (answer: Record<string, unknown>) => Record<string, unknown>;

/** Changes what the token endpoint answers to one grant. */
function changing(grant: string, change: Change): (real: GuardedFetch) => GuardedFetch {
  return (real) => async (url, init) => {
    const response = await real(url, init);
    const isIt = init.body instanceof URLSearchParams && init.body.get('grant_type') === grant;
    return isIt && response.status === 200
      ? Response.json(change((await response.json()) as Record<string, unknown>))
      : response;
  };
}

/** The same token with other claims; its signature is the provider's TLS. */
function reissued(token: unknown, claims: Record<string, unknown>): string {
  const [head = '', payload = '', signature = ''] = String(token).split('.');
  const before = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  const after = Buffer.from(JSON.stringify({ ...before, ...claims })).toString('base64url');
  return [head, after, signature].join('.');
}

/** A clock that can be put forward: what is due by it, and not by the container's. */
function movableClock() {
  const clock = { ...systemClock, offsetMs: 0, now: () => systemClock.now() + clock.offsetMs };
  return clock;
}

/**
 * Somebody has signed in, with an ID token that lasts ten minutes by the clock.
 * @param change of what a refresh answers
 */
async function signedIn(change: Change) {
  const clock = movableClock();
  const rig = await openRig({
    ...identity(),
    admits: idTokenGuard(),
    idTokenSeconds: 600,
    clock,
    waitMs: 200,
    fetch: changing('refresh_token', change),
  });
  await rig.broker.signIn(rig.owner);
  return { rig, clock };
}

const withoutIdToken: Change = (answer) => ({ ...answer, id_token: undefined });

test('presents the ID token, and tells the provider nothing of the container', async () => {
  const seen: string[] = [];
  const bodies: string[] = [];
  const rig = await openRig({
    ...identity(),
    admits: idTokenGuard(seen),
    fetch: (real) => (url, init) => {
      if (init.body instanceof URLSearchParams) bodies.push(init.body.toString());
      return real(url, init);
    },
  });
  expect(await rig.call()).toBe(200);
  expect(await rig.call()).toBe(200);
  expect(rig.server.signIns()).toBeGreaterThan(0);
  expect(new Set(seen).size).toBe(1);
  const [asked = ''] = rig.opened();
  expect(new URL(asked).searchParams.get('nonce')?.length).toBeGreaterThan(20);
  expect(new URL(asked).searchParams.get('scope')).toBe('openid email profile offline_access');
  expect(asked + bodies.join()).not.toContain('resource=');
  expect(await rig.broker.presence(rig.owner)).toBe('present');
});

test('presents the access token where that is wanted, and reads no ID token then', async () => {
  const rig = await openRig({
    ...identity({ present: undefined }),
    admits: async (token, { provider }) => (await provider.AccessToken.find(token)) !== undefined,
    fetch: changing('authorization_code', (answer) => ({ ...answer, id_token: 'not.a.token' })),
  });
  expect(await rig.call()).toBe(200);
});

test('asks nobody but the provider, whatever the container says', async () => {
  const rig = await openRig({ ...identity(), admits: idTokenGuard() });
  rig.container.issuer = 'https://evil.example';
  expect(await rig.call()).toBe(200);
});

test('a container cannot name scopes', async () => {
  const rig = await openRig({ ...identity(), admits: idTokenGuard() });
  expect(await rig.call()).toBe(200);
  rig.container.needs = 'https://mail.example/read';
  expect(await failureOf(rig.call())).toMatchObject({ code: 'forbidden' });
  expect(rig.opened().join()).not.toContain('mail.example');
});

test('refreshes by the end of the ID token, with rotation, for all who ask at once', async () => {
  const seen: string[] = [];
  const clock = movableClock();
  const rig = await openRig({ ...identity(), admits: idTokenGuard(seen), idTokenSeconds: 600, clock });
  expect(await rig.call()).toBe(200);
  for (let round = 0; round < 2; round += 1) {
    clock.offsetMs += 700_000;
    // Two that are issued within a second are the same.
    await wait(1_000);
    const statuses = await Promise.all(Array.from({ length: 20 }, () => rig.call()));
    expect(new Set(statuses)).toEqual(new Set([200]));
  }
  expect(rig.server.granted.get('refresh_token')).toBe(2);
  expect(rig.server.granted.get('authorization_code')).toBe(1);
  expect(rig.server.refused.size).toBe(0);
  expect(new Set(seen).size).toBe(3);
});

test('a refresh without an ID token keeps the old one to its end, then asks for a sign-in', async () => {
  const { rig, clock } = await signedIn(withoutIdToken);
  clock.offsetMs = 500_000;
  expect(await rig.call()).toBe(200);
  await vi.waitFor(() => expect(rig.server.granted.get('refresh_token')).toBe(1), 20_000);
  expect(await rig.call()).toBe(200);
  vi.stubEnv('BROWSER_MODE', 'closed');
  rig.container.refuseAll = true;
  expect(await failureOf(rig.call())).toMatchObject({ code: 'sign_in_needed' });
  expect(rig.server.granted.get('refresh_token')).toBe(1);
});

test('an ID token that is refused while a refresh brings no other is not presented again', async () => {
  const { rig, clock } = await signedIn(withoutIdToken);
  vi.stubEnv('BROWSER_MODE', 'closed');
  rig.container.refuseAll = true;
  clock.offsetMs = 500_000;
  expect(await failureOf(rig.call())).toMatchObject({ code: 'sign_in_needed' });
  expect(rig.container.answers.get(401)).toBe(1);
});

test('an ID token of another sign-in, client, issuer or time is not taken', async () => {
  for (const claims of [
    { nonce: 'of-another-sign-in' },
    { aud: 'another-client' },
    { iss: 'https://another.example' },
    { exp: 1_000_000_000, iat: 999_999_000 },
  ]) {
    const rig = await openRig({
      ...identity(),
      admits: () => Promise.resolve(true),
      fetch: changing('authorization_code', (answer) => ({
        ...answer,
        id_token: reissued(answer['id_token'], claims),
      })),
    });
    rig.container.refuseAll = true;
    expect(await failureOf(rig.call())).toMatchObject({ code: 'sign_in_failed' });
    expect(await rig.vault.read(tokenKey(rig.owner))).toBeUndefined();
  }
});

test('a refresh that brings the ID token of another person ends the sign-in', async () => {
  const { rig, clock } = await signedIn((answer) => ({
    ...answer,
    id_token: reissued(answer['id_token'], { sub: 'somebody else' }),
  }));
  expect(await rig.call()).toBe(200);
  vi.stubEnv('BROWSER_MODE', 'closed');
  clock.offsetMs = 700_000;
  expect(await failureOf(rig.call())).toMatchObject({ code: 'sign_in_needed' });
});

test('signs in by device code', async () => {
  const rig = await openRig({ ...identity({ grant: 'device' }), admits: idTokenGuard() });
  const waiting = rig.call();
  await vi.waitFor(() => expect(rig.broker.pending().length).toBe(1), slow);
  enterCode(rig);
  expect(await waiting).toBe(200);
});

test('says so where a provider issues no ID token', async () => {
  const rig = await openRig({
    ...identity({ grant: 'device', scope: 'offline_access' }),
    admits: idTokenGuard(),
  });
  const waiting = failureOf(rig.call());
  await vi.waitFor(() => expect(rig.broker.pending().length).toBe(1), slow);
  enterCode(rig);
  expect(((await waiting) as Error).message).toMatch(/no ID token/);
});

test('outlives a restart, and is revoked and deleted when the person signs out', async () => {
  const rig = await openRig({ ...identity(), admits: idTokenGuard() });
  await rig.broker.signIn(rig.owner);
  const after = rig.restart();
  expect(await rig.callWith(after)).toBe(200);
  expect(rig.server.granted.get('authorization_code')).toBe(1);
  await after.signOut(rig.owner);
  expect(rig.server.revocations()).toBe(2);
  expect(await rig.vault.read(tokenKey(rig.owner))).toBeUndefined();
});

test('two containers sign in separately, and other settings are another sign-in', async () => {
  const rig = await openRig({ ...identity(), admits: idTokenGuard() });
  expect(await rig.call()).toBe(200);
  const { container } = rig.owner;
  expect(await rig.broker.presence({ configured: true, container: { ...container, name: 'other' } })).toBe(
    'missing',
  );
  const auth = { ...container.auth, scope: 'openid' } as typeof container.auth;
  const changed = { configured: true, container: { ...container, auth } };
  expect(await rig.restart().presence(changed)).toBe('missing');
  await vi.waitFor(() => expect(rig.server.revocations()).toBe(2), 20_000);
});

test('the Google preset asks for a refresh token in Google’s way, and sends the desktop client’s secret', async () => {
  const secret = 'not-that-confidential';
  const seen: string[] = [];
  const rig = await openRig({
    clients: [{ ...deskClient, token_endpoint_auth_method: 'client_secret_basic', client_secret: secret }],
    auth: ({ issuer }) => ({
      method: 'identity',
      provider: 'google',
      clientId: deskClient.client_id,
      scope: 'openid',
      authorizationUrl: `${issuer}/auth`,
      tokenUrl: `${issuer}/token`,
    }),
    admits: idTokenGuard(seen),
    handedIn: new Secret(secret),
  });
  expect(await rig.call()).toBe(200);
  expect(seen.length).toBe(1);
  const [asked = ''] = rig.opened();
  expect(Object.fromEntries(new URL(asked).searchParams)).toMatchObject({
    access_type: 'offline',
    prompt: 'consent',
  });
});
