import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openContainer } from '../../demo/container/running.ts';
import { connectConfigured, type ConfigEntry } from '../../support/configured-client.ts';
import { launch, open as openProfile, patience, shown } from '../open.ts';
import { askForChange, button, look, row, save, writeChange } from './acts.ts';
import { mouse } from './hand.ts';
import { namesOf } from './shared-desktop.ts';

test('from the first start to a client that calls a tool, without an account', async () => {
  const container = await openContainer();
  const profile = openProfile();
  const config = join(profile.home, '.cursor', 'mcp.json');
  mkdirSync(join(profile.home, '.cursor'));
  const desktop = await launch(profile);
  const page = await shown(desktop);
  page.setDefaultTimeout(patience.timeout);
  const hand = mouse(page);

  await page.getByRole('heading', { name: 'Welcome to Fairlead' }).waitFor();
  await hand.press(button(hand, 'Skip'));
  await page.getByRole('heading', { name: 'Add your first container' }).waitFor();
  await look(hand, container.url, 'An MCP server, open to you');
  expect(await namesOf(page)).toEqual([]);
  await save(hand, 'notes');
  await page.getByRole('heading', { name: 'Your containers' }).waitFor();
  expect(await namesOf(page)).toEqual(['notes']);

  await hand.press(button(hand, 'Continue'));
  await page.getByRole('heading', { name: 'Choose your clients' }).waitFor();
  expect(await askForChange(hand, 'notes', 'Cursor')).toContain('"notes"');
  expect(existsSync(config)).toBe(false);
  await writeChange(hand);
  await hand.press(button(hand, 'Done'));
  await page.getByRole('article', { name: 'notes' }).waitFor();

  const { mcpServers } = JSON.parse(readFileSync(config, 'utf8')) as {
    mcpServers: Record<string, ConfigEntry>;
  };
  const client = await connectConfigured(mcpServers['notes']!, profile);
  try {
    const added = await client.callTool({ name: 'add_note', arguments: { title: 'first', text: 'run' } });
    expect(added.isError ?? false).toBe(false);
    const listed = await client.callTool({ name: 'list_notes', arguments: {} });
    expect(JSON.stringify(listed.content)).toContain('first');
    await row(hand, 'notes').getByText('Connected · 1 client').waitFor();
  } finally {
    await client.close();
  }
  await row(hand, 'notes').getByText('1 client').waitFor({ state: 'detached' });

  // It is asked once.
  await desktop.quit();
  const again = await shown(await launch(profile));
  await again.getByRole('article', { name: 'notes' }).waitFor({ timeout: patience.timeout });
});
