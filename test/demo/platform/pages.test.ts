import { expect, test } from 'vitest';
import { createBrowser, type WebPage } from './browser.ts';
import { maya, openPlatform, requestOf, type TestPlatform } from './running.ts';

async function openSignIn(changes: Record<string, string> = {}, metadata: object = {}) {
  const platform = await openPlatform();
  const { client_id: clientId } = (await (await platform.register(metadata)).json()) as { client_id: string };
  const browser = createBrowser();
  const page = await browser.open(requestOf(platform, clientId, changes).url);
  return { platform, browser, page };
}

const right = { email: maya.email, password: maya.password };

function policyOf(page: WebPage): Map<string, string> {
  const directives = (page.headers.get('content-security-policy') ?? '').split('; ');
  return new Map(directives.map((each) => [each.split(' ')[0] ?? '', each.split(' ').slice(1).join(' ')]));
}

function expectQuiet(page: WebPage, { issuer }: TestPlatform): void {
  const policy = policyOf(page);
  expect(policy.get('default-src')).toBe("'none'");
  expect(policy.get('style-src')).toMatch(/^'sha256-\S+'$/);
  expect(policy.get('frame-ancestors')).toBe("'none'");
  expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  expect(page.headers.get('cache-control')).toContain('no-store');
  expect(page.text).not.toMatch(/<script|\son\w+=|javascript:|\sstyle=/i);
  expect(page.text).toMatch(/^<!doctype html>/i);
  expect(page.text).toContain('lang="en"');
  // Nothing is loaded from anywhere.
  for (const [address] of page.text.matchAll(/https?:\/\/[^\s"'<]+/g)) expect(address).toContain(issuer);
}

test('no page runs script, is framed, or loads anything', async () => {
  const { platform, browser, page } = await openSignIn();
  const wrong = await browser.submit(page, '/sign-in', { ...right, password: 'no' });
  const consent = await browser.submit(page, '/sign-in', right);
  const device = await browser.open(`${platform.issuer}/device`);
  const ended = await browser.open(`${platform.issuer}/interaction/none`);
  const unknown = await browser.open(`${platform.issuer}/authorize?client_id=none`);
  for (const each of [page, wrong, consent, device, ended, unknown]) expectQuiet(each, platform);
});

test('forms may lead to us and to the program that asked, and nowhere else', async () => {
  const { page } = await openSignIn();
  expect(policyOf(page).get('form-action')).toBe("'self' http://127.0.0.1:43210");
});

test('every field has a label, and a mistake is told where it is', async () => {
  const { browser, page } = await openSignIn();
  const wrong = await browser.submit(page, '/sign-in', { ...right, password: 'no' });
  expect(wrong.status).toBe(422);
  expect(wrong.text).toContain('role="alert"');
  expect(wrong.text).toContain('aria-describedby="problem"');
  expect(wrong.text).toContain(`value="${maya.email}"`);
  for (const each of [page, wrong]) {
    const ids = [...each.text.matchAll(/<input[^>]*\sid="([^"]+)"/gs)].map(([, id]) => id);
    expect(ids).toEqual(['email', 'password']);
    for (const id of ids) expect(each.text).toContain(`<label for="${id}">`);
  }
});

test('an unknown address is told as a wrong password is', async () => {
  const { browser, page } = await openSignIn();
  const [wrong, unknown] = [
    await browser.submit(page, '/sign-in', { ...right, password: 'no' }),
    await browser.submit(page, '/sign-in', { email: 'nobody@example.com', password: 'no' }),
  ];
  expect(unknown.status).toBe(wrong.status);
  expect(unknown.text.replace('nobody@example.com', maya.email)).toBe(wrong.text);
});

test('what a program calls itself is shown as text', async () => {
  const name = '<img src=x onerror=alert(1)>"\u202Eevil ' + 'x'.repeat(500);
  const { platform, browser, page } = await openSignIn({}, { client_name: name });
  const consent = await browser.submit(page, '/sign-in', right);
  for (const each of [page, consent]) {
    expect(each.text).toContain('&lt;img src=x onerror=');
    expect(each.text).not.toContain('\u202E');
    expect(each.text).not.toContain('x'.repeat(60));
    expect(each.text.replaceAll('onerror=', '')).not.toMatch(/<img/);
  }
  expect(platform.issuer).toBeTruthy();
});

test('what was typed, and what a link filled in, is shown as text', async () => {
  const { browser, page } = await openSignIn({ login_hint: '"><script>alert(1)</script>' });
  expect(page.text).not.toContain('<script');
  const wrong = await browser.submit(page, '/sign-in', { email: '"><script>', password: 'no' });
  expect(wrong.text).not.toContain('<script');
});

test('a form that we did not make for this sign-in is refused', async () => {
  const { platform, browser, page } = await openSignIn();
  const stranger = await createBrowser().open(requestOf(platform, await platform.client()).url);
  for (const form_token of ['', 'x'.repeat(43), stranger.forms[0]?.fields['form_token'] ?? '']) {
    expect((await browser.submit(page, '/sign-in', { ...right, form_token })).status).toBe(403);
  }
  expect((await browser.submit(page, '/sign-in', right)).text).toContain('Allow Fairlead');
});

test('a form from another site, or without the browser’s own cookie, is refused', async () => {
  const { platform, page } = await openSignIn();
  const { action = '', fields } = page.forms[0] ?? {};
  const body = new URLSearchParams({ ...fields, ...right });
  for (const origin of ['https://evil.example', 'null', platform.issuer]) {
    const response = await fetch(new URL(action, platform.issuer), {
      method: 'POST',
      body,
      headers: { origin },
    });
    expect(response.status).toBe(400);
  }
});

test('a sixth wrong password has to wait, whoever sends it at once, and others do not', async () => {
  const { browser, page } = await openSignIn();
  const tries = await Promise.all(
    Array.from({ length: 8 }, () => browser.submit(page, '/sign-in', { ...right, password: 'no' })),
  );
  expect(tries.map(({ status }) => status).sort()).toEqual([422, 422, 422, 422, 422, 429, 429, 429]);
  const late = await browser.submit(page, '/sign-in', right);
  expect(late.status).toBe(429);
  expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(late.text).toContain('Too many tries');
  const other = await browser.submit(page, '/sign-in', { email: 'noor@example.com', password: 'no' });
  expect(other.status).toBe(422);
});

test('an oversized form is refused', async () => {
  const { browser, page } = await openSignIn();
  expect((await browser.submit(page, '/sign-in', { ...right, more: 'x'.repeat(20_000) })).status).toBe(413);
});

test('a page that is opened again after the sign-in has ended says so', async () => {
  const { browser, page } = await openSignIn();
  const consent = await browser.submit(page, '/sign-in', right);
  await browser.submit(consent, '/allow');
  const again = await browser.open(consent.url);
  expect(again.status).toBe(400);
  expect(again.text).toContain('This sign-in has ended');
});
