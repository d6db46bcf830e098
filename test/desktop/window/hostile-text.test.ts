import type { Page } from 'playwright-core';
import { afterAll, expect, test } from 'vitest';
import { openPlatform } from '../../demo/platform/running.ts';
import { choose, goTo, openTab } from '../../renderer/support/ways.ts';
import { createPersonsBrowser } from '../../support/persons-browser.ts';
import { core, withDesk } from '../desk.ts';

const markup = '<img src=x onerror="globalThis.harmed=true"><b>bold</b> [link](javascript:alert(1))';
const person = { email: `${'m'.repeat(190)}@example.com`, password: 'correct horse battery' };
const browser = createPersonsBrowser(person);
afterAll(() => browser.remove());
const desk = withDesk({ FAIRLEAD_BROWSER: browser.program });

test('shows what a server says of its tools as text, whatever it is', async () => {
  const usual = desk().tools;
  desk().tools = [
    { name: markup, description: `${markup}\n\n# heading`, inputSchema: { title: markup } },
    { name: 'safe\u202egnp.exe', description: 'zero\u200bwidth \u001b[31mred', inputSchema: {} },
    { name: 'אירועים', description: 'שלום עולם', inputSchema: {} },
    { name: 'x'.repeat(5_000), description: 'y'.repeat(20_000), inputSchema: {} },
  ];
  const page = await desk().open();
  await choose(page, 'notes');
  await openTab(page, 'Tools');
  await page.getByText('safe\\u{202e}gnp.exe').waitFor();
  await page.getByRole('button', { name: 'onerror' }).click();
  await page.getByText('# heading').waitFor();
  await page.getByText('zero\\u{200b}width \\u{1b}[31mred').waitFor();
  await expectHarmless(page);
  const rightToLeft = page.getByText('אירועים');
  expect(await rightToLeft.evaluate((element) => getComputedStyle(element).direction)).toBe('rtl');
  desk().tools = usual;
});

test('keeps its shape with long names and those that run from right to left', async () => {
  const page = await desk().open();
  const long = `a${'-long'.repeat(12)}`;
  const url = desk().server.url.href;
  await core(page, 'containers.add', { name: long, draft: { url, auth: { method: 'none' } }, probe: true });
  const names = ['تطبيق المحادثة الذي له اسم طويل جدا '.repeat(6), markup];
  const clients = names.map((name) => ({ name, client: desk().profile.endpoint([long]) }));
  for (const { name, client } of clients) {
    const clientInfo = { name, version: '1' };
    await client.request('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo });
  }
  await choose(page, long);
  await openTab(page, 'Sessions');
  await page.getByText('تطبيق').waitFor();
  await page.getByText('onerror').waitFor();
  await expectHarmless(page);
  await goTo(page, 'Activity');
  await page.getByText('initialize').first().waitFor();
  await expectHarmless(page);
  for (const { client } of clients) await client.end();
});

// The person's browser is a script of the shell's.
test.skipIf(process.platform === 'win32')('keeps its shape with a long account', async () => {
  const platform = await openPlatform({ users: [person] });
  const page = await desk().open();
  await core(page, 'platform.login', { issuer: platform.issuer });
  await goTo(page, 'Accounts');
  await page.getByText(person.email).first().waitFor();
  await expectHarmless(page);
  await page.setViewportSize({ width: 480, height: 320 });
  await expectHarmless(page);
});

/** Nothing of a stranger's has become a part of the page, or made it wider than the window. */
async function expectHarmless(page: Page): Promise<void> {
  expect(await page.locator('img, b, a').count()).toBe(0);
  expect(await page.evaluate(() => 'harmed' in globalThis)).toBe(false);
  const overflow = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return scrollWidth - clientWidth;
  });
  expect(overflow).toBe(0);
}
