import { expect, test } from 'vitest';
import { requestOf } from '../../support/snapshots.ts';
import { goTo } from '../../renderer/support/ways.ts';
import { withDesk } from '../desk.ts';

const desk = withDesk();
const count = 100_000;
const atOnce = 5_000;

test('stands still when it is told to, and stays at what is looked at', async () => {
  const page = await desk().open();
  await goTo(page, 'Activity');
  await using client = desk().profile.endpoint(['notes']);
  await client.open();
  await client.call('before');
  await page.getByText('before', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Stop the table' }).click();
  await client.call('after');
  await page.waitForTimeout(300);
  expect(await page.getByText('after', { exact: true }).count()).toBe(0);
  await page.getByRole('button', { name: 'Let the table go on' }).click();
  await page.getByText('after', { exact: true }).waitFor();
});

test('opens a request by keyboard, and says where its time went', async () => {
  const page = await desk().open();
  await goTo(page, 'Activity');
  await using client = desk().profile.endpoint(['notes']);
  await client.open();
  await client.call('timed');
  // The doctor's own requests may come later.
  await page.getByLabel('Filter requests').fill('timed');
  await expect
    .poll(() => page.getByRole('table', { name: 'Requests' }).getAttribute('aria-rowcount'), {
      timeout: 30_000,
    })
    .toBe('2');
  await page.getByLabel('Requests, newest first').focus();
  await page.keyboard.press('ArrowDown');
  const chosen = page.getByRole('region', { name: 'The chosen request' });
  await chosen.getByText('timed').waitFor();
  await chosen.getByText(/^Wait \d+(\.\d+)? m?s$/).waitFor();
  await page.keyboard.press('Escape');
  await chosen.waitFor({ state: 'detached' });
});

test('scrolls through 100,000 requests, and draws only those in sight', async () => {
  const page = await desk().open();
  // The ids of what the core itself has asked are smaller.
  for (let first = 1; first <= count; first += atOnce) {
    const rows = Array.from({ length: atOnce }, (_, index) => {
      const id = first + index;
      return requestOf(id + 10_000, { at: id, tool: `tool_${id}` });
    });
    await desk().desktop.tell('activity', rows);
  }
  await goTo(page, 'Activity');
  await page.getByText(`tool_${count}`, { exact: true }).waitFor();

  const table = page.getByLabel('Requests, newest first');
  // How long that takes is measured by `npm run bench:window`: these tests run on busy machines.
  const drawn = await table.evaluate(async (element) => {
    const counts: number[] = [];
    for (let step = 1; step <= 60; step += 1) {
      element.scrollTop = (element.scrollHeight * step) / 60;
      await new Promise((shown) => requestAnimationFrame(shown));
      counts.push(element.querySelectorAll('[role=row]').length);
    }
    return Math.max(...counts);
  });
  expect(drawn).toBeLessThan(80);
  await page.getByText(`tool_${count}`, { exact: true }).waitFor({ state: 'detached' });

  await page.getByLabel('Filter requests').fill('tool_77777');
  await page.getByText('tool_77777', { exact: true }).click();
  await page.getByRole('region', { name: 'The chosen request' }).waitFor();
  expect(await page.getByRole('row').count()).toBe(2);
});
