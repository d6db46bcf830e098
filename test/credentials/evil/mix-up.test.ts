import { expect, test, vi } from 'vitest';
import { comeBack } from '../../support/callback.ts';
import { openRig } from '../../support/sign-in-rig.ts';
import { failureOf } from '../../support/web-server.ts';

/** Another issuer sends the browser back, to be given the honest one's code (RFC 9207 §1). */
const slow = { timeout: 40_000 };

test('a callback of another issuer, or of none, ends the sign-in, and the code goes nowhere (mix-up)', async () => {
  for (const iss of ['https://evil.example', undefined]) {
    const rig = await openRig({ mode: 'closed' });
    const waiting = failureOf(rig.call());
    await vi.waitFor(() => expect(rig.opened().length).toBe(1), slow);
    await comeBack(rig.opened()[0]!, { code: 'honest-code', ...(iss === undefined ? {} : { iss }) });
    expect(await waiting).toMatchObject({ code: 'sign_in_failed' });
    expect(rig.server.granted.size + rig.server.refused.size).toBe(0);
  }
});

test('where the issuer is only guessed, as from given endpoints, another name in the callback is no mix-up', async () => {
  const rig = await openRig({
    discovery: (real) => ({
      ...real,
      async discover(...terms) {
        const found = await real.discover(...terms);
        // As of endpoints at an origin that is not the issuer's name.
        const guess = {
          issuer: 'https://guessed.example',
          authorization_response_iss_parameter_supported: false,
        };
        const server = { ...found.server, ...guess };
        return { ...found, server, source: 'explicit' };
      },
    }),
  });
  expect(await rig.call()).toBe(200);
});
