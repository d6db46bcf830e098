import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openRig } from '../../support/sign-in-rig.ts';

test('binds tokens to a key where the issuer offers it, and proves it to the container, also after a restart', async () => {
  const rig = await openRig({ dpop: true });
  expect(await rig.call()).toBe(200);
  expect(rig.container.scheme).toBe('DPoP');
  expect(new URL(rig.opened()[0]!).searchParams.get('dpop_jkt')).toMatch(/^[\w-]{43}$/);
  expect(await rig.callWith(rig.restart())).toBe(200);
  expect(rig.opened().length).toBe(1);
});

test('gives the nonces that issuer and container ask for', async () => {
  const rig = await openRig({ dpop: true, dpopNonce: true });
  rig.container.nonce = 'first';
  expect(await rig.call()).toBe(200);
  const refused = rig.container.answers.get(401);
  expect(await rig.call()).toBe(200);
  expect(rig.container.answers.get(401)).toBe(refused);
  rig.container.nonce = 'second';
  expect(await rig.call()).toBe(200);
  expect(rig.server.granted).toEqual(new Map([['authorization_code', 1]]));
});

test('renews bound tokens with the same key', async () => {
  const rig = await openRig({ dpop: true, tokenSeconds: 3 });
  await rig.call();
  await wait(3_100);
  expect(await rig.call()).toBe(200);
  expect(rig.server.granted.get('refresh_token')).toBe(1);
  expect(rig.container.scheme).toBe('DPoP');
  expect(rig.opened().length).toBe(1);
});

test('a container that knows nothing of DPoP is given the token as Bearer', async () => {
  const rig = await openRig({ dpop: true });
  rig.container.bearerOnly = true;
  expect(await rig.call()).toBe(200);
  expect(rig.container.scheme).toBe('Bearer');
  const refused = rig.container.answers.get(401);
  expect(await rig.call()).toBe(200);
  expect(rig.container.answers.get(401)).toBe(refused);
  expect(rig.server.granted).toEqual(new Map([['authorization_code', 1]]));
});
