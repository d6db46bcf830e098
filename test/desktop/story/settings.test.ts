import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Preferences } from '../../../shared/desktop.ts';
import { createTlsAuthority } from '../../support/tls-authority.ts';
import { patience } from '../open.ts';
import { button, dialog, go } from './acts.ts';
import { mouse } from './hand.ts';
import { withDesktop } from './shared-desktop.ts';

const shared = withDesktop();

function kept(): Partial<Preferences> {
  const text = readFileSync(join(shared().profile.home, 'desktop', 'desktop.json'), 'utf8');
  return (JSON.parse(text) as { preferences: Partial<Preferences> }).preferences;
}

test('the appearance changes at once, and is kept with the other settings', async () => {
  const { page } = shared();
  const hand = mouse(page);
  const isDark = () => page.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
  await go(hand, 'Settings');
  for (const [label, dark] of [
    ['Dark', true],
    ['Light', false],
  ] as const) {
    await hand.press(page.getByRole('radio', { name: label }));
    await expect.poll(isDark, patience).toBe(dark);
    await expect.poll(() => kept().theme, patience).toBe(label.toLowerCase());
  }
  await hand.press(page.getByRole('switch', { name: 'Notifications' }));
  await page.getByRole('switch', { name: 'Notifications', checked: false }).waitFor();
  expect(kept().notifications).toBe(false);
});

test('the log is shown, and what comes while one looks', async () => {
  const { profile, page } = shared();
  const hand = mouse(page);
  await go(hand, 'Settings');
  await hand.press(button(hand, 'View…'));
  const log = page.getByRole('log', { name: 'Entries' });
  await log.getByText('core.').first().waitFor();
  const before = await log.getByRole('paragraph').count();
  await profile.run(['add', 'notes', 'http://127.0.0.1:9/mcp', '--auth', 'none', '--no-probe']);
  await profile.run(['call', 'notes', 'list_notes']);
  await expect.poll(() => log.getByRole('paragraph').count(), patience).toBeGreaterThan(before);
  await hand.press(button(hand, 'Close').last());
  await dialog(hand).waitFor({ state: 'detached' });
});

test('the diagnostics are shown before they are saved, and saved as they were shown', async () => {
  const { profile, desktop, page } = shared();
  await profile.run(['add', 'notes', 'http://127.0.0.1:9/mcp', '--auth', 'none', '--no-probe']);
  const hand = mouse(page);
  await go(hand, 'Settings');
  await hand.press(button(hand, 'Review and save…'));
  const shownText = await page.getByLabel('What is saved').textContent();
  expect(shownText).toContain('"notes"');
  const file = join(profile.home, 'diagnostics.json');
  await desktop.answer({ canceled: true, filePath: '' });
  await hand.press(button(hand, 'Save…'));
  await expect.poll(async () => (await desktop.boxes()).map(({ kind }) => kind), patience).toEqual(['save']);
  expect(existsSync(file)).toBe(false);
  await desktop.answer({ canceled: false, filePath: file });
  await hand.press(button(hand, 'Save…'));
  await page.getByText(`Saved: ${file}`).waitFor();
  expect(readFileSync(file, 'utf8')).toBe(shownText);
});

test('sets a proxy, an authority and a time limit, and all of it is kept', async () => {
  const authority = createTlsAuthority();
  onTestFinished(() => authority[Symbol.dispose]());
  const { desktop, profile, page } = shared();
  await profile.run(['add', 'notes', 'https://notes.example.com/mcp', '--auth', 'none', '--no-probe']);
  await desktop.tray.click('Settings…');
  const config = () => JSON.parse(readFileSync(join(profile.home, 'config.json'), 'utf8')) as unknown;

  await page.getByText('Own', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Address' }).fill('http://maya:secret@proxy.example.com');
  const save = page.getByRole('button', { name: 'Save', exact: true });
  expect(await save.isDisabled()).toBe(true);
  await page.getByRole('textbox', { name: 'Address' }).fill('proxy.example.com:3128');
  await page.getByRole('textbox', { name: 'Not for' }).fill('intranet.example.com');
  await save.click();
  const proxy = { use: 'own', url: 'http://proxy.example.com:3128', except: 'intranet.example.com' };
  await expect.poll(config, patience).toMatchObject({ network: { proxy } });

  const network = page.getByRole('region', { name: 'Network' });
  await desktop.answer({ filePaths: [join(profile.home, 'config.json')], canceled: false });
  await network.getByRole('button', { name: 'Add…' }).click();
  await network.getByText('There is no certificate in that file.').waitFor();
  await desktop.answer({ filePaths: [authority.caFile], canceled: false });
  await network.getByRole('button', { name: 'Add…' }).click();
  await network.getByRole('button', { name: 'Remove' }).waitFor();
  expect(config()).toMatchObject({ network: { proxy, ca: authority.caFile } });

  await network.getByText('System', { exact: true }).click();
  await expect
    .poll(config, patience)
    .toMatchObject({ network: expect.not.objectContaining({ proxy }) as unknown });
  expect(config()).toMatchObject({ network: { ca: authority.caFile } });

  await page.getByLabel('Time limit of notes').selectOption('600');
  await expect.poll(config, patience).toMatchObject({ containers: { notes: { timeoutSeconds: 600 } } });
});

test('what cannot be paused or read is said, wherever one is at that moment', async () => {
  const { profile, page } = shared();
  const hand = mouse(page);
  await profile.run(['add', 'notes', 'http://127.0.0.1:9/mcp', '--auth', 'none', '--no-probe']);
  const file = join(profile.home, 'config.json');
  const before = readFileSync(file);
  writeFileSync(file, '{ "containers": ');
  try {
    await hand.press(button(hand, 'Pause all traffic'));
    await page.getByRole('status').getByText(file).waitFor();
    await hand.press(button(hand, 'Dismiss'));
    await go(hand, 'Containers');
    await go(hand, 'Settings');
    await page.getByRole('region', { name: 'Network' }).getByText('It could not be read').waitFor();
  } finally {
    writeFileSync(file, before);
  }
  await hand.press(button(hand, 'Try again'));
  await page.getByText('It could not be read').waitFor({ state: 'detached' });
});
