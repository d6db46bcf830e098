import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Secret } from '../../../electron/runtime/secret.ts';
import { openRig } from '../../support/sign-in-rig.ts';

const desk = {
  client_id: 'desk',
  client_secret: 'a secret of a desk',
  application_type: 'native' as const,
  redirect_uris: ['http://127.0.0.1/callback'],
  grant_types: ['authorization_code', 'refresh_token'],
};

test('pushes its request where the issuer takes it from the client alone, and the browser gets a reference', async () => {
  const rig = await openRig({ pushed: true });
  expect(await rig.call()).toBe(200);
  const query = new URL(rig.opened()[0] ?? '').searchParams;
  expect([...query.keys()].sort()).toEqual(['client_id', 'request_uri']);
  expect(query.get('request_uri')).toMatch(/^urn:ietf:params:oauth:request_uri:/);
});

test('pushes it with DPoP too', async () => {
  const rig = await openRig({ pushed: true, dpop: true });
  expect(await rig.call()).toBe(200);
  expect(rig.container.scheme).toBe('DPoP');
});

test.each(['client_secret_basic', 'client_secret_post'] as const)(
  'signs in, refreshes and revokes with a configured client by %s',
  async (method) => {
    const rig = await openRig({
      tokenSeconds: 3,
      auth: { clientId: desk.client_id },
      handedIn: new Secret(desk.client_secret),
      clients: [{ ...desk, token_endpoint_auth_method: method }],
      clientAuthMethods: [method],
    });
    expect(await rig.call()).toBe(200);
    await wait(3_100);
    expect(await rig.call()).toBe(200);
    await rig.broker.signOut(rig.owner);
    expect(rig.server.granted).toEqual(
      new Map([
        ['authorization_code', 1],
        ['refresh_token', 1],
      ]),
    );
    expect([rig.server.registrations(), rig.server.revocations()]).toEqual([0, 2]);
  },
);

test('a refresh that is under way while the person signs in for more neither undoes it nor uses a token twice', async () => {
  const rig = await openRig({ tokenSeconds: 8 });
  expect(await rig.call()).toBe(200);
  await wait(6_200);
  // At 75 % of its life the next call refreshes, besides being sent with the old token.
  let release: () => void = () => undefined;
  let begun = false;
  rig.server.holdRefresh = () => {
    begun = true;
    return new Promise((resolve) => (release = resolve));
  };
  rig.container.needs = 'mcp:write';
  expect(await rig.call()).toBe(200);
  expect([begun, rig.opened().length]).toEqual([true, 2]);
  rig.server.holdRefresh = undefined;
  release();
  await wait(300);

  expect(await Promise.all(Array.from({ length: 5 }, () => rig.call()))).toEqual([200, 200, 200, 200, 200]);
  await wait(8_100);
  expect(await rig.call()).toBe(200);
  expect(rig.opened()).toHaveLength(2);
  expect(rig.server.refused).toEqual(new Map());
  expect([...rig.server.refreshes.values()].map((times) => times.length)).toEqual([1, 1]);
});
