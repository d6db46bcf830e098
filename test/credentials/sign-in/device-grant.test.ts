import { expect, test, vi } from 'vitest';
import { enterCode, openRig, type Rig } from '../../support/sign-in-rig.ts';
import { failureOf } from '../../support/web-server.ts';

const slow = { timeout: 40_000 };

/** What the device endpoint answers from now on. */
function answer({ server }: Rig, shown: { user_code: string; verification_uri: string }): void {
  server.intercept = ({ url }, response) => {
    if (url !== '/device/auth') return false;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ device_code: 'd', expires_in: 600, ...shown }));
    return true;
  };
}

test('shows a code to enter elsewhere, polls, and lets the waiting call go on', async () => {
  const rig = await openRig({ auth: { grant: 'device' } });
  const waiting = rig.call();
  await vi.waitFor(() => expect(rig.broker.pending().length).toBe(1), slow);
  const [pending] = rig.broker.pending();
  expect(pending).toMatchObject({ kind: 'device', url: `${rig.server.issuer}/device` });
  expect(rig.printed).toEqual([
    `To sign in to notes, open ${pending!.url} and enter the code ${pending!.userCode!}`,
  ]);
  expect(rig.opened()).toEqual([]);
  enterCode(rig);
  expect(await waiting).toBe(200);
  expect(rig.server.granted).toEqual(new Map([['urn:ietf:params:oauth:grant-type:device_code', 1]]));
  expect(rig.broker.pending()).toEqual([]);
});

test('the error of a call that waited carries the address and the code', async () => {
  const rig = await openRig({ auth: { grant: 'device' }, waitMs: 500 });
  const thrown = await failureOf(rig.call());
  const [pending] = rig.broker.pending();
  expect(thrown).toMatchObject({ code: 'sign_in_needed', url: pending!.url, userCode: pending!.userCode });
  expect((thrown as { help: string }).help).toContain(pending!.userCode);
});

test('a code that is no code is not displayed', async () => {
  const rig = await openRig({ auth: { grant: 'device' } });
  answer(rig, { user_code: '\u001b[2Jrun this: curl evil', verification_uri: `${rig.server.issuer}/device` });
  expect(await failureOf(rig.call())).toMatchObject({ code: 'sign_in_failed' });
  expect(rig.printed).toEqual([]);
});

test('a verification address that is no https is not displayed', async () => {
  const rig = await openRig({ auth: { grant: 'device' } });
  answer(rig, { user_code: 'ABCD-EFGH', verification_uri: 'file:///etc/passwd' });
  expect(await failureOf(rig.call())).toMatchObject({ code: 'address_refused' });
});
