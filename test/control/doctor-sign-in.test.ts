import { expect, test } from 'vitest';
import type { Layer } from '../../shared/control.ts';
import { createHttpClient } from '../../electron/upstream/network/http-client.ts';
import { openRig, type RigOptions } from '../support/sign-in-rig.ts';
import { openControlPair } from './control-pair.ts';

async function openPatient(options: RigOptions = {}) {
  const rig = await openRig(options);
  const { client, deps } = await openControlPair({
    broker: rig.broker,
    stranger: () => {
      const http = createHttpClient({ tls: {}, env: {} });
      return { send: http.send, close: () => http.close() };
    },
  });
  deps.registry.add(rig.owner.container);
  const doctor = async () => {
    const layers = await client.call('doctor', { name: 'notes' });
    const of = (name: Layer['layer']) => layers.find(({ layer }) => layer === name);
    return { discovery: of('discovery'), token: of('token'), mcp: of('mcp') };
  };
  return { rig, client, doctor };
}

test('says how a sign-in would go, that nobody is signed in, and opens no browser for it', async () => {
  const { rig, doctor } = await openPatient();
  const { discovery, token, mcp } = await doctor();
  expect(discovery).toMatchObject({
    outcome: 'ok',
    detail: `Issuer ${rig.server.issuer}; Fairlead registers itself; PKCE with S256 is advertised.`,
  });
  expect(token).toMatchObject({
    outcome: 'failed',
    help: expect.stringContaining('fairlead auth notes') as string,
  });
  expect(mcp).toMatchObject({ outcome: 'skipped', detail: 'Stopped at token.' });
  expect(rig.opened()).toEqual([]);
  expect(rig.server.registrations()).toBe(0);
});

test('says how long the token lasts without asking the issuer, and goes on to the container', async () => {
  const { rig, client, doctor } = await openPatient({ tokenSeconds: 300 });
  await client.call('auth', { name: 'notes' });
  const { token, mcp } = await doctor();
  expect(token).toMatchObject({
    outcome: 'ok',
    detail: 'You are signed in to this container. The token lasts another 4 min, and is renewed by itself.',
  });
  expect(mcp?.outcome).toBe('ok');
  expect(rig.server.granted).toEqual(new Map([['authorization_code', 1]]));
});

test('names the layer of metadata that cannot be used, with what to do', async () => {
  const { rig, doctor } = await openPatient();
  rig.container.issuer = `${rig.server.issuer}/another`;
  expect((await doctor()).discovery).toMatchObject({
    outcome: 'failed',
    help: expect.stringContaining('--authorization-url') as string,
  });
});

test('says so where the client and the endpoints are the configured ones', async () => {
  const endpoint = 'http://127.0.0.1:1';
  const { doctor } = await openPatient({
    auth: { clientId: 'desk', authorizationUrl: `${endpoint}/authorize`, tokenUrl: `${endpoint}/token` },
  });
  expect((await doctor()).discovery).toMatchObject({
    outcome: 'ok',
    detail: `Issuer ${endpoint} (as configured); the client is the configured one; PKCE with S256 is not advertised.`,
  });
});
