import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { choose, goTo, openTab } from '../../renderer/support/ways.ts';
import { withDesk } from '../desk.ts';
import { violations } from './axe.ts';

const desk = withDesk();
/** The usual size, each pixel of it shown as four. */
const small = { width: 480, height: 320 };
const link = 'fairlead://add?url=http%3A%2F%2F127.0.0.1%3A9%2Fmcp';

/** How the person gets there from the list of containers, and what is to be read there. */
const places: Readonly<Record<string, readonly [(page: Page) => Promise<unknown>, string]>> = {
  containers: [(page) => goTo(page, 'Containers'), 'Add container'],
  health: [(page) => choose(page, 'notes'), 'All is well'],
  tools: [(page) => tabOf(page, 'notes', 'Tools'), 'delete_note'],
  security: [(page) => tabOf(page, 'crm', 'Security'), 'Ask me first'],
  'a container’s clients': [(page) => tabOf(page, 'crm', 'Clients'), 'Cursor'],
  add: [() => desk().desktop.openUrl(link), 'How you enter it'],
  activity: [(page) => goTo(page, 'Activity'), 'Outcome'],
  clients: [(page) => goTo(page, 'Clients'), 'Clients'],
  accounts: [(page) => goTo(page, 'Accounts'), 'Identity providers'],
  settings: [(page) => goTo(page, 'Settings'), 'Check for updates'],
};

test('has room for every place at 200 %', async () => {
  const page = await desk().open(small);
  const wide: string[] = [];
  for (const [name, [goThere, text]] of Object.entries(places)) {
    await goTo(page, 'Containers');
    await goThere(page);
    await page
      .getByText(text)
      .or(page.getByRole('button', { name: text }))
      .first()
      .waitFor();
    const overflow = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth - clientWidth;
    });
    if (overflow > 0) wide.push(`${name} by ${overflow}`);
  }
  expect(wide).toEqual([]);
});

test('shows the list or one of it, and the way back', async () => {
  const page = await desk().open(small);
  await page.getByRole('region', { name: 'Containers' }).getByRole('button', { name: 'crm' }).click();
  await page.getByRole('article', { name: 'crm' }).waitFor();
  await page.getByRole('region', { name: 'Containers' }).waitFor({ state: 'hidden' });
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Back to all containers' }).click();
  await page.getByRole('region', { name: 'Containers' }).waitFor();
});

test('lets nothing move where the person wants it so', async () => {
  const page = await desk().open();
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.keyboard.press('ControlOrMeta+k');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  expect(await dialog.evaluate((element) => getComputedStyle(element).animationName)).toBe('none');
});

async function tabOf(page: Page, container: string, tab: string): Promise<void> {
  await choose(page, container);
  await openTab(page, tab);
}
