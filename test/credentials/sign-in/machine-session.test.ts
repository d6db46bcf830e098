import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { Secret } from '../../../electron/runtime/secret.ts';
import { openRig } from '../../support/sign-in-rig.ts';
import { failureOf } from '../../support/web-server.ts';

const machine = {
  client_id: 'machine',
  redirect_uris: [],
  response_types: [],
  grant_types: ['client_credentials'],
};
const auth = { method: 'client_credentials', clientId: 'machine', scope: 'mcp:tools' };
const secret = 'a secret: of a machine/with+signs';

test('enters with a secret, and asks nobody', async () => {
  const rig = await openRig({
    auth,
    clients: [{ ...machine, client_secret: secret, token_endpoint_auth_method: 'client_secret_basic' }],
  });
  expect(await rig.broker.presence(rig.owner)).toBe('missing');
  expect(await failureOf(rig.call())).toMatchObject({ code: 'secret_missing' });
  await rig.broker.store(rig.owner, new Secret(secret));
  expect(await rig.broker.presence(rig.owner)).toBe('present');
  const statuses = await Promise.all(Array.from({ length: 20 }, () => rig.call()));
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(rig.server.granted).toEqual(new Map([['client_credentials', 1]]));
  expect(rig.opened()).toEqual([]);
});

test('writes an id and a secret for Basic so that an issuer reads them right which never decodes them', async () => {
  const plain = { id: 'a-machine.of_mine~1', secret: 'kept-Secret_1.~' };
  const rig = await openRig({
    auth: { ...auth, clientId: plain.id },
    handedIn: new Secret(plain.secret),
    clients: [
      {
        ...machine,
        client_id: plain.id,
        client_secret: plain.secret,
        token_endpoint_auth_method: 'client_secret_basic',
      },
    ],
  });
  const seen: (string | undefined)[] = [];
  rig.server.intercept = ({ url, headers }) => {
    if (url === '/token') seen.push(headers.authorization);
    return false;
  };
  expect(await rig.call()).toBe(200);
  expect(seen).toEqual([`Basic ${Buffer.from(`${plain.id}:${plain.secret}`).toString('base64')}`]);
});

test('a secret that was handed in is used and not stored', async () => {
  const rig = await openRig({
    auth,
    handedIn: new Secret(secret),
    clients: [{ ...machine, client_secret: secret, token_endpoint_auth_method: 'client_secret_basic' }],
  });
  expect(await rig.call()).toBe(200);
  expect(await rig.vault.read('client-secret:notes')).toBeUndefined();
});

test('enters with a private key: EC, RSA and Ed25519', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-key-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const keys = {
    ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    RS256: generateKeyPairSync('rsa', { modulusLength: 2048 }),
    Ed25519: generateKeyPairSync('ed25519'),
  };
  for (const [alg, { publicKey, privateKey }] of Object.entries(keys)) {
    const file = join(folder, alg);
    writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const rig = await openRig({
      auth: { ...auth, privateKey: file },
      clients: [
        {
          ...machine,
          token_endpoint_auth_method: 'private_key_jwt',
          token_endpoint_auth_signing_alg: alg,
          jwks: { keys: [publicKey.export({ format: 'jwk' })] },
        } as object as { client_id: string },
      ],
    });
    expect(await rig.call(), alg).toBe(200);
  }
});

test('a key file that is of no use is named as such', async () => {
  const rig = await openRig({ auth: { ...auth, privateKey: '/nonexistent/key.pem' }, clients: [] });
  expect(await failureOf(rig.call())).toMatchObject({ code: 'config_invalid' });
});

test('asks for a new token once when the old one has run out', async () => {
  const rig = await openRig({
    auth,
    tokenSeconds: 3,
    handedIn: new Secret(secret),
    clients: [{ ...machine, client_secret: secret, token_endpoint_auth_method: 'client_secret_basic' }],
  });
  await rig.call();
  await wait(3_100);
  await Promise.all(Array.from({ length: 20 }, () => rig.call()));
  expect(rig.server.granted.get('client_credentials')).toBe(2);
  await rig.broker.signOut(rig.owner);
  expect(rig.server.revocations()).toBe(1);
});

test('a wrong secret is an error that says so', async () => {
  const rig = await openRig({
    auth,
    handedIn: new Secret('wrong'),
    clients: [{ ...machine, client_secret: secret, token_endpoint_auth_method: 'client_secret_basic' }],
  });
  expect(await failureOf(rig.call())).toMatchObject({
    code: 'sign_in_failed',
    message: expect.stringContaining('secret') as string,
  });
});

/** What each token request asked for. */
async function openScopedRig(tokenSeconds = 300) {
  const asked: (string | null)[] = [];
  const scoped = { ...machine, client_secret: secret, scope: 'mcp:tools mcp:write' };
  const rig = await openRig({
    auth,
    tokenSeconds,
    scopes: 'mcp:tools mcp:write mcp:admin',
    handedIn: new Secret(secret),
    clients: [scoped],
    fetch: (real) => (url, init) => {
      if (init.body instanceof URLSearchParams && init.body.has('grant_type'))
        asked.push(init.body.get('scope'));
      return real(url, init);
    },
  });
  return { rig, asked };
}

test('a scope that the issuer refuses once is not asked for at every renewal', async () => {
  const { rig, asked } = await openScopedRig(3);
  expect(await rig.call()).toBe(200);
  rig.container.needs = 'mcp:admin';
  const refused = await Promise.all([1, 2, 3].map(() => failureOf(rig.call())));
  for (const each of refused) expect(each).toMatchObject({ code: 'sign_in_failed' });
  rig.container.needs = undefined;
  await wait(3_100);
  expect(await rig.call()).toBe(200);
  expect(asked.at(-1)).toBe('mcp:tools');
});

test('a wider scope that was granted is kept for renewals, and forgotten at sign-out', async () => {
  const { rig, asked } = await openScopedRig();
  await rig.call();
  rig.container.needs = 'mcp:write';
  expect(await Promise.all([1, 2, 3, 4].map(() => rig.call()))).toEqual([200, 200, 200, 200]);
  rig.container.needs = undefined;
  await rig.broker.signIn(rig.owner);
  expect(asked.slice(1).map((scope) => scope?.split(' ').sort())).toEqual([
    ['mcp:tools', 'mcp:write'],
    ['mcp:tools', 'mcp:write'],
  ]);
  await rig.broker.signOut(rig.owner);
  expect(await rig.call()).toBe(200);
  expect(asked.at(-1)).toBe('mcp:tools');
});
