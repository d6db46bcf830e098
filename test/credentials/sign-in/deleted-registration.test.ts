import { expect, test, vi } from 'vitest';
import { Secret } from '../../../electron/runtime/secret.ts';
import { enterCode, openRig, type Rig } from '../../support/sign-in-rig.ts';
import { failureOf } from '../../support/web-server.ts';

/** The issuer deletes what Fairlead has registered there (RFC 7591 §5). */
const slow = { timeout: 40_000 };

async function registered({ vault, server }: Rig): Promise<{ clientId: string } | undefined> {
  const stored = await vault.read(`oauth-client:${server.issuer}`);
  return stored && (JSON.parse(stored.reveal()) as { clientId: string });
}

async function deleteAtIssuer(rig: Rig): Promise<void> {
  const { clientId = '' } = (await registered(rig)) ?? {};
  const clients = rig.server.provider.Client as unknown as {
    adapter: { destroy: (id: string) => Promise<void> };
  };
  await clients.adapter.destroy(clientId);
}

const unknown = { code: 'sign_in_failed', message: expect.stringContaining('know this client') as string };

async function signedOut(options: Parameters<typeof openRig>[0], signIn: (rig: Rig) => Promise<void>) {
  const rig = await openRig(options);
  await signIn(rig);
  await rig.broker.signOut(rig.owner);
  expect(rig.server.registrations()).toBe(1);
  return rig;
}

const byBrowser = (rig: Rig) => rig.broker.signIn(rig.owner);
const byCode = async (rig: Rig) => {
  const signingIn = rig.broker.signIn(rig.owner);
  await vi.waitFor(() => expect(rig.broker.pending().length).toBe(1), slow);
  enterCode(rig);
  await signingIn;
};

test('a registration that is unknown when the request is pushed is given up, and the next sign-in registers anew', async () => {
  const rig = await signedOut({ pushed: true }, byBrowser);
  await deleteAtIssuer(rig);
  expect(await failureOf(byBrowser(rig))).toMatchObject(unknown);
  expect(await registered(rig)).toBeUndefined();
  await byBrowser(rig);
  expect(await rig.call()).toBe(200);
  expect(rig.server.registrations()).toBe(2);
});

test('a registration that is unknown when a code to enter is asked for is given up', async () => {
  const rig = await signedOut({ auth: { grant: 'device' } }, byCode);
  await deleteAtIssuer(rig);
  expect(await failureOf(rig.broker.signIn(rig.owner))).toMatchObject(unknown);
  await byCode(rig);
  expect(await rig.call()).toBe(200);
  expect(rig.server.registrations()).toBe(2);
});

test('a registration that is unknown at the token endpoint is given up', async () => {
  const rig = await signedOut({}, byBrowser);
  rig.server.intercept = (request, response) => {
    if (request.url !== '/token') return false;
    rig.server.intercept = undefined;
    void deleteAtIssuer(rig).then(() => rig.server.provider.callback()(request, response));
    return true;
  };
  expect(await failureOf(byBrowser(rig))).toMatchObject(unknown);
  await byBrowser(rig);
  expect(await rig.call()).toBe(200);
  expect(rig.server.registrations()).toBe(2);
});

test('the registration of others stays where the person’s own client is refused', async () => {
  const rig = await openRig({ pushed: true, auth: { clientId: 'nobody-knows-it' } });
  const key = `oauth-client:${rig.server.issuer}`;
  const theirs = { issuer: rig.server.issuer, clientId: 'theirs', authMethod: 'none', source: 'registered' };
  await rig.vault.write(key, new Secret(JSON.stringify(theirs)));
  expect(await failureOf(byBrowser(rig))).toMatchObject(unknown);
  expect(await registered(rig)).toMatchObject({ clientId: 'theirs' });
});

test('signing in anew ends the sign-in that waits for a page of a deleted registration', async () => {
  const rig = await signedOut({}, byBrowser);
  vi.stubEnv('BROWSER_MODE', 'closed');
  const waiting = failureOf(byBrowser(rig));
  await vi.waitFor(() => expect(rig.opened().length).toBe(2), slow);
  await deleteAtIssuer(rig);
  vi.stubEnv('BROWSER_MODE', undefined);
  await rig.broker.signIn(rig.owner, { fresh: true });
  expect(await waiting).toMatchObject({ code: 'cancelled' });
  expect(await rig.call()).toBe(200);
  expect(rig.server.registrations()).toBe(2);
});
