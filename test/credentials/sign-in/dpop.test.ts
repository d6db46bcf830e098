import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openRig, type Rig } from '../../support/sign-in-rig.ts';
import { failureOf } from '../../support/web-server.ts';

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

test('a proof that the issuer does not take costs no sign-in', async () => {
  const refusals: Record<string, Rig['server']['intercept']> = {
    // oidc-provider itself refuses what is no proof.
    'a wrong proof': ({ headers }) => {
      headers['dpop'] = 'garbled';
      return false;
    },
    'a nonce again and again': (_, response) => {
      response.writeHead(400, { 'content-type': 'application/json', 'dpop-nonce': 'another' });
      response.end(JSON.stringify({ error: 'use_dpop_nonce' }));
      return true;
    },
    'a nonce in a challenge': (_, response) => {
      response.writeHead(401, { 'www-authenticate': 'DPoP error="use_dpop_nonce"', 'dpop-nonce': 'another' });
      response.end();
      return true;
    },
  };
  for (const [name, refuse] of Object.entries(refusals)) {
    const rig = await openRig({ dpop: true, tokenSeconds: 3 });
    await rig.call();
    rig.server.intercept = (request, response) =>
      request.url === '/token' && refuse?.(request, response) === true;
    await wait(3_100);
    expect(await failureOf(rig.call()), name).toMatchObject({ code: 'token_endpoint_unavailable' });
    rig.server.intercept = undefined;
    await wait(1_100);
    expect(await rig.call(), name).toBe(200);
    expect(rig.opened().length, name).toBe(1);
  }
}, 40_000);
