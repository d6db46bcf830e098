import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ordinaryServer, startScriptedServer } from '../../support/scripted-server.ts';
import { core, withDesk } from '../desk.ts';
import { patience } from '../open.ts';
import { goTo } from '../../renderer/support/ways.ts';

const desk = withDesk();

test('reaches every place by its number, and does what is typed', async () => {
  const page = await desk().open();
  await page.getByRole('heading', { name: 'Containers' }).waitFor();
  for (const [index, name] of ['Containers', 'Activity', 'Clients', 'Accounts', 'Settings'].entries()) {
    await page.keyboard.press(`ControlOrMeta+${index + 1}`);
    await page.getByRole('heading', { name, exact: true }).waitFor();
  }
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.type('pause');
  await page.keyboard.press('Enter');
  await page.getByText('All traffic is paused').first().waitFor();
  await page.keyboard.press('ControlOrMeta+k');
  await page.keyboard.type('resume');
  await page.keyboard.press('Enter');
  await page.getByText('All traffic is paused').first().waitFor({ state: 'detached' });
});

test('moves through containers by arrows, and shows the one that has the focus', async () => {
  const page = await desk().open();
  await page.getByRole('region', { name: 'Containers' }).getByRole('button', { name: 'notes' }).focus();
  await page.keyboard.press('ArrowDown');
  await page.getByRole('article', { name: 'crm' }).waitFor();
  await page.keyboard.press('Home');
  await page.getByRole('article', { name: 'notes' }).waitFor();
});

test('keeps the focus in a dialog, and gives it back', async () => {
  const page = await desk().open();
  await page.getByRole('region', { name: 'Containers' }).getByRole('button', { name: 'crm' }).press('Enter');
  const button = page.getByRole('button', { name: 'Enter key…' });
  await button.press('Enter');
  await page.getByLabel('Key', { exact: true }).waitFor();
  for (let step = 0; step < 6; step += 1) {
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('[role=dialog]') !== null)).toBe(true);
  }
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await button.evaluate((element) => element === document.activeElement)).toBe(true);
});

test('switches a tool off and adds a container to Cursor, without a mouse', async () => {
  const page = await desk().open();
  await page
    .getByRole('region', { name: 'Containers' })
    .getByRole('button', { name: 'notes' })
    .press('Enter');
  await page.getByRole('tab', { name: 'Health' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.getByRole('switch', { name: 'Let clients use delete_note' }).press('Space');
  await page.getByText('1 of 2 tools on').waitFor();
  const { tools } = await core(page, 'tools.list', { name: 'notes' });
  expect(tools.find(({ name }) => name === 'delete_note')?.state).toBe('off');

  await page.keyboard.press('ControlOrMeta+3');
  await page.getByRole('switch', { name: 'notes in Cursor' }).press('Space');
  await page.getByRole('region', { name: 'What would change' }).waitFor();
  expect(configOfCursor()).not.toContain('notes');
  await page.getByRole('button', { name: 'Write to config' }).press('Enter');
  await page.getByText('config is written').waitFor();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(configOfCursor()).toContain('"notes"');
  await page.getByRole('button', { name: 'Undo last change…' }).press('Enter');
  await page.getByRole('region', { name: 'What would change' }).waitFor();
  await page.getByRole('button', { name: 'Write to config' }).press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(configOfCursor()).not.toContain('notes');
});

test('adds a container from what was found, and keeps nothing before', async () => {
  const page = await desk().open();
  await page.getByRole('heading', { name: 'Containers' }).waitFor();
  await page.keyboard.press('ControlOrMeta+n');
  const address = page.getByRole('textbox', { name: 'Address' });
  await expect
    .poll(() => address.evaluate((element) => element === document.activeElement), patience)
    .toBe(true);
  await page.keyboard.type(desk().server.url.href);
  expect(await address.inputValue()).toBe(desk().server.url.href);
  await page.getByText('An MCP server, open to you').waitFor();
  await page.getByText('Streamable HTTP').first().waitFor();
  expect((await core(page, 'containers.list', {})).map(({ name }) => name)).toEqual(['notes', 'crm']);
  await page.getByRole('textbox', { name: 'Name' }).fill('fresh');
  await page.keyboard.press('Enter');
  await page.getByRole('article', { name: 'fresh' }).waitFor();
  await page.getByRole('button', { name: 'More for fresh' }).press('Enter');
  await page.getByRole('menuitem', { name: 'Remove…' }).press('Enter');
  await page.getByRole('button', { name: 'Remove', exact: true }).press('Enter');
  await page.getByText('fresh is removed').waitFor();
  expect((await core(page, 'containers.list', {})).map(({ name }) => name)).toEqual(['notes', 'crm']);
});

test('asks a link’s address nothing until the person has seen it', async () => {
  const page = await desk().open();
  await using server = await startScriptedServer(ordinaryServer());
  await goTo(page, 'Settings');
  const link = new URLSearchParams({ url: server.url.href, name: 'linked' });
  await desk().desktop.openUrl(`fairlead://add?${link}`);
  await page.getByText('A link asks you to add this container').waitFor();
  await page.waitForTimeout(900);
  expect(server.seen()).toEqual([]);
  await page.getByRole('button', { name: 'Look at it' }).click();
  await page.getByText('An MCP server, open to you').waitFor();
  expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('linked');
});

function configOfCursor(): string {
  return readFileSync(join(desk().profile.home, '.cursor', 'mcp.json'), 'utf8');
}
