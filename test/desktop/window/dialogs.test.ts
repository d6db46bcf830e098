import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import { maya, openPlatform } from '../../demo/platform/running.ts';
import { openMayaContainer } from '../../support/maya-container.ts';
import type { Profile } from '../../support/fairlead.ts';
import { core, withDesk } from '../desk.ts';
import { patience } from '../open.ts';
import { choose, goTo, openTab } from '../../renderer/support/ways.ts';
import { violations } from './axe.ts';

const desk = withDesk({ FAIRLEAD_BROWSER: 'none' });

test('asks whether a program may use a container, by itself, and tells the program that waits', async () => {
  const { profile } = desk();
  const page = await desk().open();
  await core(page, 'consent.mode', { name: 'notes', consent: 'ask' });
  await choose(page, 'notes');
  await using client = profile.endpoint(['notes']);
  const opened = client.open();
  await page.getByRole('dialog').getByText('It waits for your answer').waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Allow', exact: true }).click();
  expect(await opened).toHaveProperty('result');
  expect(await client.request('tools/list')).toHaveProperty('result');
  await page.getByRole('dialog').waitFor({ state: 'detached' });

  await openTab(page, 'Security');
  await page.getByText('Allowed', { exact: true }).waitFor();
});

test('shows the code of a sign-in, and that it is done once it was entered elsewhere', async () => {
  const platform = await openPlatform();
  const url = await openMayaContainer(platform);
  const { profile, desktop } = desk();
  await profile.run(['add', 'elsewhere', url, '--auth', 'oauth', '--grant', 'device', '--no-probe']);
  const page = await desk().open();
  await choose(page, 'elsewhere');
  await page.getByRole('button', { name: 'Sign in…' }).click();
  const code = await page.getByLabel('Code', { exact: true }).textContent();
  expect(code).toMatch(/\w{4}-?\w{4}/);
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Open the page' }).click();
  const [pending] = (await core(page, 'status', {})).pendingSignIns;
  await vi.waitFor(async () => expect(await desktop.opened()).toEqual([pending?.url]), patience);
  const link = `${pending?.url ?? ''}?user_code=${code ?? ''}`;
  await promisify(execFile)(process.execPath, ['demo/scripted-browser.mjs', link], {
    env: { ...process.env, FAIRLEAD_DEMO_EMAIL: maya.email, FAIRLEAD_DEMO_PASSWORD: maya.password },
  });
  await page.getByText('Signed in to elsewhere').waitFor();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('says what is wrong with a sign-in, and tries again', async () => {
  await desk().profile.run(['add', 'gone', 'http://127.0.0.1:9/mcp', '--auth', 'oauth', '--no-probe']);
  const page = await desk().open();
  await choose(page, 'gone');
  await page.getByRole('button', { name: 'Sign in…' }).click();
  await page.getByRole('dialog').getByRole('alert').waitFor();
  await page.getByRole('button', { name: 'Try again' }).waitFor();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('accepts no other text of a tool than the one that was shown', async () => {
  const usual = desk().tools;
  onTestFinished(() => void (desk().tools = usual));
  const page = await desk().open();
  /** The container lists it so from now on, and the core has seen it. */
  const describe = async (description: string) => {
    desk().tools = [{ name: 'search', description, inputSchema: { type: 'object' } }];
    await core(page, 'tools.list', { name: 'notes' });
  };
  const changed = async () => (await core(page, 'status', {})).changedTools.map(({ tool }) => tool);
  for (const description of ['Searches notes.', 'Searches notes, and counts them.'])
    await describe(description);
  await choose(page, 'notes');
  await openTab(page, 'Tools');
  const review = page.getByRole('button', { name: 'Review… search' });
  const difference = page.getByRole('region', { name: 'What changed' });
  const accept = page.getByRole('button', { name: 'Accept' });
  await review.click();
  await difference.getByText('and counts them').waitFor();

  await describe('Searches notes, and mails them.');
  await accept.click();
  await page.getByRole('dialog').getByText('It has changed again since you looked.').waitFor();
  expect(await changed()).toEqual(['search']);
  expect(await violations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Not now' }).click();
  await review.click();
  await difference.getByText('and mails them').waitFor();
  await accept.click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await changed()).toEqual([]);
});

test('what a dialog began leaves the place and the dialog alone that the person has gone on to', async () => {
  const { profile } = desk();
  const page = await desk().open();
  const box = { url: desk().server.url.href, auth: { method: 'none' as const } };
  await core(page, 'containers.add', { name: 'doomed', draft: box, probe: false });
  await choose(page, 'doomed');
  await page.getByRole('button', { name: 'More for doomed' }).click();
  await page.getByRole('menuitem', { name: 'Remove…' }).click();
  await whileHalted(profile, async () => {
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await page.getByRole('button', { name: 'Removing…' }).waitFor();
    await page.keyboard.press('Escape');
    await goTo(page, 'Settings');
    await page.keyboard.press('ControlOrMeta+k');
  });
  await page.getByText('doomed is removed').waitFor();
  await page.getByRole('combobox', { name: 'Search or do' }).waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('heading', { name: 'Settings' }).waitFor();
});

test('an answer to one program leads on to the next one, but not from another dialog', async () => {
  const { profile } = desk();
  const page = await desk().open();
  const box = { url: desk().server.url.href, auth: { method: 'none' as const } };
  const names = ['one', 'two', 'three'];
  for (const name of names) {
    await core(page, 'containers.add', { name, draft: box, probe: false });
    await core(page, 'consent.mode', { name, consent: 'ask' });
  }
  const clients = names.map((name) => profile.endpoint([name]));
  const opened = Promise.all(clients.map((client) => client.open()));
  const pending = async () => (await core(page, 'status', {})).pendingConsents.length;
  await expect.poll(pending, patience).toBe(3);
  const allow = page.getByRole('button', { name: 'Allow', exact: true });
  const question = page.getByRole('dialog').getByRole('heading');
  const first = await question.textContent();
  await allow.click();
  await expect.poll(() => question.textContent(), patience).not.toBe(first);
  await whileHalted(profile, async () => {
    await allow.click();
    await page.getByRole('button', { name: 'Telling it…' }).waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('ControlOrMeta+k');
  });
  await expect.poll(pending, patience).toBe(1);
  // Long enough for the window to hear of it.
  await page.waitForTimeout(300);
  expect(await page.getByRole('combobox', { name: 'Search or do' }).isVisible()).toBe(true);
  await page.keyboard.press('Escape');
  const [last] = (await core(page, 'status', {})).pendingConsents;
  const { container: name = '', program = '' } = last ?? {};
  await core(page, 'consent.decide', { name, program, allowed: true });
  await opened;
  await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
});

/** What the window asks of the core meanwhile is answered afterwards. */
async function whileHalted(profile: Profile, work: () => Promise<void>): Promise<void> {
  const [pid = 0] = profile.cores();
  process.kill(pid, 'SIGSTOP');
  try {
    await work();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}
