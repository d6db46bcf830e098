import { expect, test } from 'vitest';
import { Secret } from '../../../electron/runtime/secret.ts';
import { startAuthorizationServer, type AuthorizationServer } from '../../support/authorization-server.ts';
import { openRig, type Rig, type RigOptions } from '../../support/sign-in-rig.ts';
import { failureOf } from '../../support/web-server.ts';

/** A container names an issuer of its own, to be sent the client secret that the honest one has accepted. */
const secret = 'kept-secret-of-a-client';
const machine = {
  client_id: 'machine',
  client_secret: secret,
  redirect_uris: [],
  response_types: [],
  grant_types: ['client_credentials'],
};
const asMachine: RigOptions = {
  auth: { method: 'client_credentials', clientId: 'machine', scope: 'mcp:tools' },
  clients: [machine],
};
const asPerson: RigOptions = {
  auth: { method: 'oauth', clientId: 'own' },
  clients: [
    {
      client_id: 'own',
      client_secret: secret,
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1/callback'],
      grant_types: ['authorization_code', 'refresh_token'],
    },
  ],
};

/** From now on the container refuses all, and leads to the collector; what that is asked for. */
async function compromise(rig: Rig): Promise<{ asked: string[]; collector: AuthorizationServer }> {
  const collector = await startAuthorizationServer({ clients: [machine] });
  const asked: string[] = [];
  collector.intercept = ({ url = '' }) => {
    asked.push(url);
    return false;
  };
  rig.container.issuer = collector.issuer;
  rig.container.refuseAll = true;
  // What was discovered before is not kept for ever.
  await rig.broker.signOut(rig.owner);
  return { asked, collector };
}

for (const [who, options] of Object.entries({ machine: asMachine, person: asPerson })) {
  test(`the secret of a ${who}'s client goes to no other issuer than the one that accepted it`, async () => {
    const rig = await openRig(options);
    await rig.broker.store(rig.owner, new Secret(secret));
    expect(await rig.call()).toBe(200);
    expect((await rig.vault.read('client-secret-issuer:notes'))?.reveal()).toBe(rig.server.issuer);
    const { asked, collector } = await compromise(rig);
    const hosts = [rig.server.issuer, collector.issuer].map((issuer) => new URL(issuer).host);
    const afterRestart = rig.restart();
    for (const thrown of [await failureOf(rig.call()), await failureOf(rig.callWith(afterRestart))]) {
      expect(thrown).toMatchObject({
        code: 'discovery_refused',
        message: expect.stringMatching(new RegExp(hosts.join('.*'))) as string,
        help: expect.stringContaining('add it again') as string,
      });
    }
    expect(asked.filter((url) => !url.startsWith('/.well-known/'))).toEqual([]);
    expect(collector.secrets).toEqual(new Set());

    // What is left of it would bind the next container of that name.
    await afterRestart.forget(rig.owner);
    expect(await rig.vault.read('client-secret-issuer:notes')).toBeUndefined();
    await collector[Symbol.asyncDispose]();
  });
}

test('a secret that was handed in goes to no other issuer as long as the core runs', async () => {
  const rig = await openRig({ ...asMachine, handedIn: new Secret(secret) });
  expect(await rig.call()).toBe(200);
  const { asked, collector } = await compromise(rig);
  expect(await failureOf(rig.call())).toMatchObject({
    code: 'discovery_refused',
    help: expect.stringContaining('fairlead stop') as string,
  });
  expect(asked.filter((url) => !url.startsWith('/.well-known/'))).toEqual([]);
  expect(await rig.vault.read('client-secret-issuer:notes')).toBeUndefined();
  await collector[Symbol.asyncDispose]();
});

test('a secret that the person gives again goes to the issuer that the container has changed to', async () => {
  const rig = await openRig(asMachine);
  await rig.broker.store(rig.owner, new Secret(secret));
  expect(await rig.call()).toBe(200);
  const { collector } = await compromise(rig);
  expect(await failureOf(rig.call())).toMatchObject({ code: 'discovery_refused' });
  await rig.broker.forget(rig.owner);
  const added = rig.restart();
  await added.store(rig.owner, new Secret(secret));
  expect(await failureOf(rig.callWith(added))).toMatchObject({ code: 'unauthorized' });
  expect(collector.granted).toEqual(new Map([['client_credentials', 1]]));
  expect((await rig.vault.read('client-secret-issuer:notes'))?.reveal()).toBe(collector.issuer);
  await collector[Symbol.asyncDispose]();
});
