import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { failureOf } from '../../support/web-server.ts';
import { openRig } from '../../support/sign-in-rig.ts';

test('puts on record who signed in, each renewal and the sign-out, and no token with it', async () => {
  const rig = await openRig({ tokenSeconds: 2, auth: {} });
  expect(await rig.call()).toBe(200);
  await wait(2_200);
  expect(await rig.call()).toBe(200);
  await rig.broker.signOut(rig.owner);
  const issuer = rig.server.issuer.replace(/^https?:\/\//, '').replace(/\/$/, '');
  const durationMs = expect.any(Number) as number;
  expect(rig.audited).toEqual([
    { kind: 'sign_in', container: 'notes', outcome: 'ok', issuer, durationMs },
    { kind: 'token_refresh', container: 'notes', outcome: 'granted', issuer, durationMs },
    { kind: 'sign_out', container: 'notes', issuer },
  ]);
});

test('puts a sign-in that came to nothing on record, with the name of why', async () => {
  const rig = await openRig({ mode: 'closed', waitMs: 300 });
  await failureOf(rig.call());
  await rig.broker.close();
  expect(rig.audited).toMatchObject([{ kind: 'sign_in', outcome: 'failed', error: 'cancelled' }]);
});
