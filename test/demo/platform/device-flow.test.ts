import { decodeJwt } from 'jose';
import { expect, test } from 'vitest';
import { createBrowser } from './browser.ts';
import { allow, everyScope, maya, notes, openPlatform, type TestPlatform } from './running.ts';

interface Asked {
  readonly device_code: string;
  readonly user_code: string;
  readonly verification_uri: string;
  readonly verification_uri_complete: string;
}

async function begin(platform: TestPlatform, more: Record<string, string> = {}) {
  const clientId = await platform.client();
  const response = await platform.post('/device/auth', { client_id: clientId, scope: everyScope, ...more });
  const asked = (await response.json()) as Asked;
  const form = {
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    client_id: clientId,
    device_code: asked.device_code,
  };
  const errorNow = async () =>
    ((await (await platform.post('/token', form)).json()) as { error?: string }).error;
  return { asked, form, errorNow };
}

test('signs in a device by the code it shows', async () => {
  const platform = await openPlatform();
  const { asked, form, errorNow } = await begin(platform, { resource: notes });
  expect(asked.user_code).toMatch(/^[A-Z]{4}-[A-Z]{4}$/);
  expect(await errorNow()).toBe('authorization_pending');

  const browser = createBrowser();
  const page = await browser.open(asked.verification_uri);
  // People write it as they like.
  const typed = asked.user_code.toLowerCase().replace('-', ' ');
  const confirm = await browser.submit(page, '/device', { user_code: typed });
  expect(confirm.text).toContain(asked.user_code);
  const done = await allow(browser, await browser.submit(confirm, '/device'));
  expect(done.text).toContain('Fairlead is signed in');

  const tokens = await platform.tokens(form);
  expect(decodeJwt(tokens.access_token)).toMatchObject({ aud: notes, sub: maya.id });
  expect(tokens.refresh_token).toBeTruthy();
  expect(await errorNow()).toBe('invalid_grant');
});

test('the link with the code in it fills it in, and still asks', async () => {
  const platform = await openPlatform();
  const { asked, errorNow } = await begin(platform);
  const browser = createBrowser();
  const page = await browser.open(asked.verification_uri_complete);
  expect(page.text).toContain(`value="${asked.user_code}"`);
  expect(page.text).not.toContain('<script');
  const confirm = await browser.submit(page, '/device');
  expect(confirm.text).toContain('Does your device show this code?');
  expect(await errorNow()).toBe('authorization_pending');
});

test('a wrong code is told, and another can be entered', async () => {
  const platform = await openPlatform();
  const { asked } = await begin(platform);
  const browser = createBrowser();
  const page = await browser.open(asked.verification_uri);
  const wrong = await browser.submit(page, '/device', { user_code: 'XXXX-XXXX' });
  expect(wrong.text).toContain('That is not a code we know');
  const confirm = await browser.submit(wrong, '/device', { user_code: asked.user_code });
  expect(confirm.text).toContain('Does your device show this code?');
});

test.each(['the code', 'the permissions'])('no, at %s, is told to the device', async (at) => {
  const platform = await openPlatform();
  const { asked, errorNow } = await begin(platform);
  const browser = createBrowser();
  const confirm = await browser.submit(await browser.open(asked.verification_uri_complete), '/device');
  const end =
    at === 'the code'
      ? await browser.submit(confirm, 'last')
      : await browser.submit(await browser.submit(confirm, '/device'), '/deny');
  expect(end.text).toContain('The device was not signed in');
  expect(await errorNow()).toBe('access_denied');
});

test('a form for a device that we did not make is refused', async () => {
  const platform = await openPlatform();
  const { asked, errorNow } = await begin(platform);
  const browser = createBrowser();
  const page = await browser.open(asked.verification_uri);
  await browser.submit(page, '/device', { user_code: asked.user_code, confirm: 'yes', xsrf: 'forged' });
  expect(await errorNow()).toBe('authorization_pending');
});
