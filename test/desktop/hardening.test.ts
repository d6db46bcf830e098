/** What the page can do, and what is done with what it says. */
import { expect, test } from 'vitest';
import { desktopCommandNames, windowCommandNames } from '../../shared/desktop-names.ts';
import { ask, launch, open, shown } from './open.ts';
import { withDesktop } from './story/shared-desktop.ts';

const shared = withDesktop();

test('what is not as it is declared is refused before anything is done with it', async () => {
  const { page } = shared();
  const named = [
    ...windowCommandNames.map((name) => `core:${name}` as const),
    ...desktopCommandNames.map((name) => `desktop:${name}` as const),
  ];
  for (const name of named) {
    for (const input of [null, 'text', { unheard: 'of' }]) {
      const answer = await ask(page, name, input);
      expect(answer, name).toMatchObject({ ok: false, error: { code: 'usage' } });
    }
  }
});

test('a page sees named functions, and nothing of Node or Electron', async () => {
  const { page } = shared();
  const found = await page.evaluate(() => ({
    bridge: Object.keys(window.fairlead).sort(),
    core: Object.keys(window.fairlead.core).sort(),
    desktop: Object.keys(window.fairlead.desktop).sort(),
    others: ['require', 'process', 'module', 'ipcRenderer', 'Buffer', 'toMain'].filter(
      (name) => name in window,
    ),
    frozen: Object.isFrozen(window.fairlead.core),
  }));
  expect(found).toEqual({
    bridge: ['core', 'desktop', 'subscribe'],
    core: [...windowCommandNames].sort(),
    desktop: [...desktopCommandNames].sort(),
    others: [],
    frozen: true,
  });
});

test('its policy lets in its own files alone', async () => {
  const { page } = shared();
  const violations = await page.evaluate(async () => {
    const seen: string[] = [];
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
      seen.push(effectiveDirective);
    });
    const put = (tag: string, attributes: Record<string, string>, text = '') => {
      const element = document.createElement(tag);
      for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
      element.textContent = text;
      document.body.append(element);
    };
    put('script', {}, 'window.ran = true');
    put('script', { src: 'https://example.com/evil.js' });
    put('style', {}, 'body { color: red }');
    put('img', { src: 'https://example.com/pixel.png' });
    put('iframe', { src: 'https://example.com/' });
    put('object', { data: 'https://example.com/' });
    put('base', { href: 'https://example.com/' });
    await fetch('https://example.com/').catch(() => undefined);
    // By itself: what a debugger evaluates may do more.
    setTimeout(() => {
      const run: unknown = (0, eval)('window.ran = true');
      return run;
    }, 0);
    await new Promise((resolve) => setTimeout(resolve, 500));
    return { seen: [...new Set(seen)].sort(), ran: 'ran' in window };
  });
  expect(violations.ran).toBe(false);
  expect(violations.seen).toEqual(
    expect.arrayContaining([
      ...['base-uri', 'connect-src', 'frame-src', 'img-src', 'object-src'],
      ...['script-src', 'script-src-elem', 'style-src-elem'],
    ]),
  );
});

test('it cannot leave, open another page, or be granted anything of the machine', async () => {
  const { desktop, page } = shared();
  const before = page.url();
  await page.evaluate(() => {
    window.open('https://example.com/');
    const link = document.createElement('a');
    link.href = 'https://example.com/';
    document.body.append(link);
    link.click();
  });
  await page.evaluate(() => void (location.href = 'https://example.com/'));
  await page.waitForTimeout(1_000);
  expect(page.url()).toBe(before);
  expect(await desktop.windows()).toEqual([true]);
  expect(await desktop.opened()).toEqual([]);
  for (const name of ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read'])
    expect(await desktop.permission(name), name).toBe(false);
});

test('a page that is not ours is answered nothing', async () => {
  const desktop = await launch(open());
  const page = await shown(desktop);
  await page.goto('about:blank');
  for (const what of ['core:status', 'desktop:state'] as const) {
    expect(await ask(page, what)).toEqual({
      ok: false,
      error: { code: 'forbidden', message: expect.any(String) as string },
    });
  }
});
