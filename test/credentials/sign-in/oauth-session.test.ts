import { spawn } from 'node:child_process';
import type { IncomingMessage } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { createMemoryVault } from '../../../electron/credentials/memory-vault.ts';
import type { Vault } from '../../../electron/credentials/vault.ts';
import { Secret } from '../../../electron/runtime/secret.ts';
import { FairleadError } from '../../../shared/errors.ts';
import { browserProgram, openRig, type Rig } from '../../support/sign-in-rig.ts';
import { failureOf } from '../../support/web-server.ts';

const slow = { timeout: 40_000 };

test('50 clients with tokens of 2 seconds: one sign-in, no reuse, at most one refresh per expiry', async () => {
  const rig = await openRig({ tokenSeconds: 2 });
  const began = Date.now();
  const statuses = new Map<number, number>();
  const client = async (number: number) => {
    await wait(number * 5);
    while (Date.now() - began < 9_000) {
      const status = await rig.call();
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      await wait(20 + Math.random() * 60);
    }
  };
  await Promise.all(Array.from({ length: 50 }, (_, number) => client(number)));
  const seconds = (Date.now() - began) / 1000;
  expect([...statuses.keys()]).toEqual([200]);
  expect(statuses.get(200)).toBeGreaterThan(300);
  expect(rig.opened().length).toBe(1);
  expect(rig.server.granted.get('authorization_code')).toBe(1);
  expect(rig.server.refused).toEqual(new Map());
  const refreshes = rig.server.granted.get('refresh_token') ?? 0;
  expect(refreshes).toBeGreaterThanOrEqual(3);
  // Each at 75 % of 2 s.
  expect(refreshes).toBeLessThanOrEqual(Math.ceil(seconds / 1.5));
});

test('waits for the person, then answers with the link; a closed tab stays closed until they ask', async () => {
  const rig = await openRig({ mode: 'closed', waitMs: 400 });
  const thrown = await Promise.all(Array.from({ length: 5 }, () => failureOf(rig.call())));
  await vi.waitFor(() => expect(rig.opened().length).toBe(1), slow);
  for (const each of thrown) {
    expect(each).toMatchObject({ code: 'sign_in_needed', url: rig.opened()[0] });
    expect((each as FairleadError).help).toContain(rig.opened()[0]);
  }
  expect(await rig.broker.presence(rig.owner)).toBe('signing_in');
  expect(rig.broker.pending()).toMatchObject([
    { kind: 'browser', url: rig.opened()[0], userCode: undefined },
  ]);
  await failureOf(rig.call());
  expect(rig.opened().length).toBe(1);

  vi.stubEnv('BROWSER_MODE', undefined);
  const changes = vi.fn();
  rig.broker.onChange(changes);
  await rig.broker.signIn(rig.owner);
  expect(rig.opened().length).toBe(2);
  expect(changes).toHaveBeenCalled();
  expect(rig.broker.pending()).toEqual([]);
  expect(await rig.call()).toBe(200);
});

test('with FAIRLEAD_BROWSER=none the link is printed, and following it lets the waiting call go on', async () => {
  const rig = await openRig({ browser: 'none' });
  const waiting = rig.call();
  await vi.waitFor(() => expect(rig.printed.length).toBe(1), slow);
  const [url] = /http:\S+/.exec(rig.printed[0]!) ?? [];
  rig.env['FAIRLEAD_BROWSER'] = undefined;
  spawn(browserProgram, [url!], { stdio: 'ignore' });
  expect(await waiting).toBe(200);
});

test('notifications start no sign-in', async () => {
  const rig = await openRig();
  expect(await failureOf(rig.call({ lane: 'signal' }))).toMatchObject({
    code: 'sign_in_needed',
    url: undefined,
  });
  expect(rig.opened()).toEqual([]);
});

test('a request that is given up does not end the sign-in of the others', async () => {
  const rig = await openRig();
  const controller = new AbortController();
  const given = failureOf(rig.call({ signal: controller.signal }));
  const other = rig.call();
  await vi.waitFor(() => expect(rig.opened().length).toBe(1), slow);
  controller.abort(new Error('cancelled by the client'));
  expect(await given).toMatchObject({ message: 'cancelled by the client' });
  expect(await other).toBe(200);
});

/** A vault that can be made to fail. */
function failingVault() {
  const real = createMemoryVault();
  const state = { locked: false, writes: [] as string[] };
  const vault: Vault = {
    ...real,
    write: (key, secret) => {
      if (state.locked && key.startsWith('oauth:')) {
        return Promise.reject(new FairleadError('keychain_locked', 'The keychain is locked.'));
      }
      state.writes.push(key);
      return real.write(key, secret);
    },
  };
  return { vault, state };
}

test('new tokens are stored before they are used, and not lost when the vault does not take them at once', async () => {
  const { vault, state } = failingVault();
  const rig = await openRig({ vault, tokenSeconds: 3 });
  await rig.call();
  state.locked = true;
  await wait(3_100);
  // The new token is there, and must not be used; the old one has run out.
  expect(await failureOf(rig.call())).toMatchObject({ code: 'keychain_locked' });
  expect(await failureOf(rig.call())).toMatchObject({ code: 'keychain_locked' });
  expect(rig.server.granted.get('refresh_token')).toBe(1);
  const writes = state.writes.length;
  state.locked = false;
  expect(await rig.call()).toBe(200);
  expect(state.writes.length).toBeGreaterThan(writes);
  expect(rig.server.refused).toEqual(new Map());
  expect(rig.opened().length).toBe(1);
});

test('a sign-in whose tokens the vault does not take is done as soon as it does', async () => {
  const { vault, state } = failingVault();
  state.locked = true;
  const rig = await openRig({ vault });
  expect(await failureOf(rig.call())).toMatchObject({ code: 'keychain_locked' });
  state.locked = false;
  expect(await rig.call()).toBe(200);
  expect(rig.opened().length).toBe(1);
});

test('a core that dies between a token answer and its storing costs one sign-in, not more', async () => {
  const { vault, state } = failingVault();
  const rig = await openRig({ vault, tokenSeconds: 3 });
  await rig.call();
  state.locked = true;
  await wait(3_100);
  await failureOf(rig.call());
  state.locked = false;
  const next = rig.restart();
  const statuses = await Promise.all(Array.from({ length: 10 }, () => rig.callWith(next)));
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(rig.opened().length).toBe(2);
  expect(rig.server.refused).toEqual(new Map([['invalid_grant', 1]]));
});

test('a lost answer is asked for once more with the old token; refused then, it is one sign-in', async () => {
  const rig = await openRig({ tokenSeconds: 3 });
  await rig.call();
  let lost = 0;
  rig.server.loseAnswer = (path, grantType) => {
    const lose = path === '/token' && grantType === 'refresh_token' && lost === 0;
    if (lose) lost += 1;
    return lose;
  };
  await wait(3_100);
  expect(await Promise.all([rig.call(), rig.call(), rig.call()])).toEqual([200, 200, 200]);
  expect(lost).toBe(1);
  // oidc-provider gives no second chance: the grant is gone, and the person signs in once.
  expect(rig.server.refused).toEqual(new Map([['invalid_grant', 1]]));
  expect(rig.opened().length).toBe(2);
  expect(await rig.call()).toBe(200);
});

test('an answer that is lost before the issuer saw the request costs nothing', async () => {
  const rig = await openRig({ tokenSeconds: 3 });
  await rig.call();
  let dropped = 0;
  rig.server.intercept = ({ url, socket }) => {
    if (url !== '/token' || dropped > 0) return false;
    dropped += 1;
    socket.destroy();
    return true;
  };
  await wait(3_100);
  expect(await rig.call()).toBe(200);
  expect(dropped).toBe(1);
  expect(rig.opened().length).toBe(1);
});

test(
  'an issuer that hangs, or whose connections break, costs no sign-in however often it is asked',
  slow,
  async () => {
    const outages = {
      breaks: ({ socket }: IncomingMessage) => socket.destroy(),
      hangs: () => undefined,
    };
    const rigs = new Map<string, Rig>();
    for (const [name, meet] of Object.entries(outages)) {
      const rig = await openRig({ tokenSeconds: 3 });
      await rig.call();
      rig.server.intercept = (request) => {
        if (request.url !== '/token') return false;
        meet(request);
        return true;
      };
      rigs.set(name, rig);
    }
    await wait(3_100);
    const survives = async ([name, rig]: [string, Rig]) => {
      expect(await failureOf(rig.call()), name).toMatchObject({ code: 'token_endpoint_unavailable' });
      expect(await rig.restart().presence(rig.owner), name).toBe('present');
      rig.server.intercept = undefined;
      await wait(1_100);
      expect(await rig.call(), name).toBe(200);
      expect(rig.opened().length, name).toBe(1);
    };
    await Promise.all([...rigs].map(survives));
  },
);

test('answers to a refresh that cannot be read are one sign-in', async () => {
  const rig = await openRig({ tokenSeconds: 3 });
  await rig.call();
  let answered = 0;
  rig.server.intercept = ({ url }, response) => {
    if (url !== '/token' || answered === 2) return false;
    answered += 1;
    response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Welcome</p>');
    return true;
  };
  await wait(3_100);
  expect(await rig.call()).toBe(200);
  expect(rig.opened().length).toBe(2);
});

test('500 and 429 at the token endpoint keep the token, and are not answered with a storm', async () => {
  for (const status of [500, 429]) {
    const rig = await openRig({ tokenSeconds: 3 });
    await rig.call();
    let asked = 0;
    rig.server.intercept = ({ url }, response) => {
      if (url !== '/token') return false;
      asked += 1;
      response.writeHead(status, { 'retry-after': '3' }).end();
      return true;
    };
    await wait(3_100);
    const thrown = await Promise.all(Array.from({ length: 20 }, () => failureOf(rig.call())));
    for (const each of thrown) expect(each).toMatchObject({ code: 'token_endpoint_unavailable' });
    expect(asked).toBe(1);
    expect(await rig.broker.presence(rig.owner)).toBe('present');
    rig.server.intercept = undefined;
    await wait(3_100);
    expect(await rig.call()).toBe(200);
    expect(rig.opened().length).toBe(1);
  }
});

test('a 401 decides, whatever this machine’s clock says', async () => {
  let offsetMs = 0;
  const clock = { now: () => Date.now() + offsetMs, elapsed: () => performance.now() };
  const rig = await openRig({ tokenSeconds: 3, clock });
  await rig.call();
  offsetMs = -86_400_000;
  await wait(3_100);
  expect(await rig.call()).toBe(200);
  offsetMs = 86_400_000;
  expect(await rig.call()).toBe(200);
  expect(rig.opened().length).toBe(1);
});

test('a container that refuses every token gets an error, and no tab after tab', async () => {
  const rig = await openRig();
  await rig.call();
  rig.container.refuseAll = true;
  for (let attempt = 0; attempt < 6; attempt += 1) {
    expect((await failureOf(rig.call())) instanceof FairleadError).toBe(true);
  }
  // The first, and one as its refreshed token was refused too.
  expect(rig.opened().length).toBeLessThanOrEqual(2);
  expect(rig.container.answers.get(401)).toBeLessThan(16);
});

test('asks for more where the container wants it, keeps what was held, and at most twice', async () => {
  const rig = await openRig();
  await rig.call();
  rig.container.needs = 'mcp:write';
  expect(await rig.call()).toBe(200);
  expect(rig.opened().length).toBe(2);
  const scope = new URL(rig.opened()[1]!).searchParams.get('scope')?.split(' ');
  expect(scope).toEqual(expect.arrayContaining(['mcp:tools', 'mcp:write']));

  rig.container.needs = 'never:granted';
  expect((await failureOf(rig.call())) instanceof FairleadError).toBe(true);
  expect(rig.opened().length).toBeLessThanOrEqual(4);
});

test('an answer to the sign-in before does not take the place of a new one that is being stored', async () => {
  const real = createMemoryVault();
  let stored = Promise.resolve();
  const vault: Vault = {
    ...real,
    write: async (key, secret) => {
      if (key.startsWith('oauth:')) await stored;
      await real.write(key, secret);
    },
  };
  const clientStored = async () => {
    const record = (await real.read('oauth:notes'))?.reveal() ?? '{}';
    return (JSON.parse(record) as { client?: { clientId: string } }).client?.clientId;
  };
  const rig = await openRig({ vault, tokenSeconds: 3 });
  await rig.call();
  const before = await clientStored();
  await wait(3_100);
  const held = deferred();
  let isAsked = false;
  rig.server.holdRefresh = () => {
    isAsked = true;
    return held.promise;
  };
  const call = rig.call();
  await vi.waitFor(() => expect(isAsked).toBe(true), slow);
  const taken = deferred();
  stored = taken.promise;
  const signedIn = rig.broker.signIn(rig.owner, { fresh: true });
  await vi.waitFor(() => expect(rig.server.granted.get('authorization_code')).toBe(2), slow);
  // For the answer with the new tokens to arrive.
  await wait(300);
  rig.server.holdRefresh = undefined;
  held.resolve();
  const isAnswered = () => rig.audited.some(({ kind }) => kind === 'token_refresh');
  await vi.waitFor(() => expect(isAnswered()).toBe(true), slow);
  taken.resolve();
  await signedIn;
  expect(await call).toBe(200);
  expect(await rig.call()).toBe(200);
  expect(before).toBeDefined();
  expect(await clientStored()).not.toBe(before);
  // What the first one got at last is nobody's.
  await vi.waitFor(() => expect(rig.server.revocations()).toBe(2), slow);
  expect(await rig.callWith(rig.restart())).toBe(200);
  expect(rig.opened().length).toBe(2);
});

test('a sign-in while the one before is being revoked outlasts a restart', async () => {
  const rig = await openRig();
  await rig.call();
  const revoked = deferred();
  let isRevoking = false;
  rig.server.intercept = ({ url }, response) => {
    if (url !== '/token/revocation') return false;
    isRevoking = true;
    void revoked.promise.then(() => response.end());
    return true;
  };
  const signedOut = rig.broker.signOut(rig.owner);
  await vi.waitFor(() => expect(isRevoking).toBe(true), slow);
  await rig.broker.signIn(rig.owner, { fresh: true });
  revoked.resolve();
  await signedOut;
  expect(await rig.call()).toBe(200);
  expect(await rig.restart().presence(rig.owner)).toBe('present');
  expect(rig.opened().length).toBe(2);
});

test('signing out revokes and deletes; calls get the link, and no tab opens before the person asks', async () => {
  const rig = await openRig();
  await rig.call();
  await rig.broker.signOut(rig.owner);
  expect(rig.server.revocations()).toBe(2);
  expect(await rig.broker.presence(rig.owner)).toBe('missing');
  expect(await rig.restart().presence(rig.owner)).toBe('missing');
  await rig.broker.signOut(rig.owner);
  expect(await failureOf(rig.call())).toMatchObject({
    code: 'sign_in_needed',
    url: expect.stringContaining(rig.server.issuer) as string,
  });
  expect(rig.opened().length).toBe(1);
  await rig.broker.signIn(rig.owner);
  expect(await rig.call()).toBe(200);
  expect(rig.opened().length).toBe(2);
});

test('signing out works while the issuer is away', async () => {
  const rig = await openRig();
  await rig.call();
  rig.server.intercept = (_, response) => {
    response.writeHead(500).end();
    return true;
  };
  await rig.broker.forget(rig.owner);
  expect(await rig.broker.presence(rig.owner)).toBe('missing');
});

test('what was issued for another configuration is purged, never used', async () => {
  const rig = await openRig();
  await rig.call();
  const { container } = rig.owner;
  const anew = {
    ...rig.owner,
    container: {
      ...container,
      auth: { ...container.auth, method: 'oauth' as const, grant: 'code' as const, scope: 'mcp:write' },
    },
  };
  expect(await rig.broker.presence(anew)).toBe('missing');
  await vi.waitFor(() => expect(rig.server.revocations()).toBe(2), slow);
  expect(await rig.restart().presence(rig.owner)).toBe('missing');
});

test('accounts are apart', async () => {
  const rig = await openRig();
  const other = { configured: false, container: { ...rig.owner.container, account: 'work' } };
  const personal = { configured: false, container: { ...rig.owner.container, account: 'home' } };
  expect(await rig.callWith(rig.broker, other)).toBe(200);
  expect(await rig.broker.presence(other)).toBe('present');
  expect(await rig.broker.presence(personal)).toBe('missing');
});

test('a damaged record in the keychain is no record', async () => {
  const rig = await openRig();
  await rig.vault.write('oauth:notes', new Secret('{"version":1,"accessToken":"x"}'));
  expect(await rig.broker.presence(rig.owner)).toBe('missing');
  expect(await rig.call()).toBe(200);
});

test('a broker that is closed ends open sign-ins, and keeps what is stored', async () => {
  const rig = await openRig();
  await rig.call();
  await rig.broker.close();
  expect(await failureOf(rig.call())).toMatchObject({ code: 'cancelled' });
  expect(rig.server.revocations()).toBe(0);
  expect(await rig.callWith(rig.restart())).toBe(200);

  const waiting = await openRig({ mode: 'closed' });
  const thrown = failureOf(waiting.call());
  await vi.waitFor(() => expect(waiting.opened().length).toBe(1), slow);
  const { redirect_uri: callback } = Object.fromEntries(new URL(waiting.opened()[0]!).searchParams);
  await waiting.broker.close();
  expect(await thrown).toMatchObject({ code: 'cancelled' });
  await expect(fetch(callback!)).rejects.toThrow();
});

function deferred() {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => (resolve = settle));
  return { promise, resolve };
}
