import { expect, test, vi } from 'vitest';
import { openTestCallback, state, visit } from '../../support/callback.ts';
import { openRig } from '../../support/sign-in-rig.ts';

/** Somebody on this machine, or a page in the browser, comes to the callback before the real answer does. */
test('refuses whatever is not this sign-in, and the real one still succeeds', async () => {
  const { callback, port } = await openTestCallback();
  const forged: [path: string, options?: { method?: string; host?: string; body?: string }][] = [
    ['/callback?code=stolen&state=guessed'],
    ['/callback?code=stolen'],
    ['/callback?error=access_denied'],
    ['/callback?error=access_denied&state='],
    [`/callback?code=stolen&state=${state}&state=${state}`],
    [`/callback?code=stolen&state=${state}x`],
    [`/callback/?code=stolen&state=${state}`],
    [`/Callback?code=stolen&state=${state}`],
    [`/callback;x?code=stolen&state=${state}`],
    [`//callback?code=stolen&state=${state}`],
    ['/'],
    [`/callback?code=stolen&state=${state}`, { method: 'POST', body: 'code=stolen' }],
    [`/callback?code=stolen&state=${state}`, { method: 'HEAD' }],
    [`/callback?code=stolen&state=${state}`, { host: 'evil.example' }],
    [`/callback?code=stolen&state=${state}`, { host: `localhost:${port}` }],
  ];
  for (const [path, options] of forged) expect((await visit(port, path, options)).status, path).toBe(400);
  expect((await visit(port, `/callback?code=real&state=${state}`)).status).toBe(200);
  expect((await callback.answer).searchParams.get('code')).toBe('real');
});

test('a forged callback before the real one changes nothing', async () => {
  const rig = await openRig({ mode: 'closed' });
  const waiting = rig.call();
  await vi.waitFor(() => expect(rig.opened().length).toBe(1), { timeout: 40_000 });
  const asked = new URL(rig.opened()[0]!).searchParams;
  for (const query of ['code=x&state=forged', 'error=access_denied', 'code=x']) {
    expect((await fetch(`${asked.get('redirect_uri')!}?${query}`)).status).toBe(400);
  }
  vi.stubEnv('BROWSER_MODE', undefined);
  await rig.broker.signIn(rig.owner);
  expect(await waiting).toBe(200);
});
