import { copyFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { hostedPids } from '../../demo/platform/hosted.ts';
import { maya, noor, openPlatform } from '../../demo/platform/running.ts';
import type { Snapshot } from '../../../shared/status.ts';
import { createPersonsBrowser } from '../../support/persons-browser.ts';
import { ask, launch, open as openProfile, patience, shown } from '../open.ts';
import { button, choose, dialog, go, order, row } from './acts.ts';
import { mouse } from './hand.ts';

// The person's browser is a script of the shell's.
test.skipIf(process.platform === 'win32')(
  'signed in from the tray, the window has the account, runs its containers, makes a token, and signs out',
  { timeout: 200_000 },
  async () => {
    const platform = await openPlatform();
    const id = await platform.host({ userId: maya.id, name: 'notes' });
    const browser = createPersonsBrowser(maya);
    onTestFinished(() => browser.remove());
    const profile = openProfile({ FAIRLEAD_BROWSER: browser.program, FAIRLEAD_PLATFORM: platform.issuer });
    const desktop = await launch(profile);
    const page = await shown(desktop);
    page.setDefaultTimeout(patience.timeout);
    const hand = mouse(page);
    await ask(page, 'desktop:preferences.write', { firstRunDone: true });
    await page.getByText('No containers yet').first().waitFor();
    const menu = async () => JSON.stringify(await desktop.tray.menu());

    await choose(desktop, 'Sign in…');
    await row(hand, 'notes').getByText('Asleep').waitFor();
    await go(hand, 'Accounts');
    await page.getByText(maya.email).waitFor();
    await page.getByText('Live', { exact: true }).waitFor();
    await go(hand, 'Containers');
    // It shows up by itself.
    await platform.host({ userId: maya.id, name: 'build-box' });
    await row(hand, 'build-box').getByText('Asleep').waitFor();

    const detail = page.getByRole('article', { name: 'notes' });
    await hand.press(row(hand, 'notes'));
    await detail.getByText('It is asleep').waitFor();
    await order(hand, 'notes', 'Start');
    await page.getByText('notes is running.').waitFor();
    await expect.poll(() => hostedPids(id).length, patience).toBe(1);
    await row(hand, 'notes').getByText('Ready').or(row(hand, 'notes').getByText('Connected')).waitFor();
    await detail.getByRole('heading', { name: 'All is well' }).waitFor();
    await hand.press(button(hand, 'Check again'));
    await button(hand, 'Checking…').waitFor({ state: 'detached' });
    await expect.poll(menu, patience).toContain('"Stop"');
    await choose(desktop, 'notes', 'Stop');
    await row(hand, 'notes').getByText('Asleep').waitFor();
    await detail.getByText('Asleep', { exact: true }).waitFor();
    // Nor does what looks at it wake it again.
    await page.waitForTimeout(700);
    expect(hostedPids(id)).toEqual([]);
    await hand.press(page.getByRole('tab', { name: 'Sessions' }));
    await choose(desktop, 'notes', 'Start');
    await row(hand, 'notes').getByText('Asleep').waitFor({ state: 'detached' });
    await expect.poll(() => hostedPids(id).length, patience).toBe(1);
    await order(hand, 'notes', 'Stop');
    await page.getByText('notes is stopped.').waitFor();
    await expect.poll(menu, patience).toContain('○ notes\u2003Asleep');

    await go(hand, 'Accounts');
    await hand.press(button(hand, 'Create token…'));
    await hand.type(page.getByRole('textbox', { name: 'What it is for' }), 'backup');
    await hand.press(page.getByRole('checkbox', { name: 'Read account data' }));
    const [core = 0] = profile.cores();
    process.kill(core, 'SIGSTOP');
    await hand.press(button(hand, 'Create'));
    await button(hand, 'Creating…').waitFor();
    await page.keyboard.press('Escape');
    for (const name of ['Cancel', 'Close']) expect(await button(hand, name).isDisabled()).toBe(true);
    process.kill(core, 'SIGCONT');
    await page.getByText('The token is on the clipboard').first().waitFor();
    const secret = await desktop.clipboard();
    const me = async () =>
      (await fetch(`${platform.issuer}/api/v1/me`, { headers: { authorization: `Bearer ${secret}` } }))
        .status;
    expect(await me()).toBe(200);
    await hand.press(button(hand, 'Show it…'));
    await expect.poll(async () => (await desktop.boxes()).at(-1)?.detail, patience).toContain(secret);
    expect(await page.content()).not.toContain(secret);
    await hand.press(button(hand, 'I have it'));
    await dialog(hand).waitFor({ state: 'detached' });
    await hand.press(button(hand, 'Revoke… backup'));
    await hand.press(button(hand, 'Revoke'));
    await page.getByText('There are none yet.').waitFor();
    expect(await me()).toBe(401);

    await hand.press(button(hand, 'Sign out'));
    await page.getByText('Signed out').waitFor();
    await expect.poll(menu, patience).toContain('Sign in…');
    await go(hand, 'Containers');
    await page.getByText('No containers yet').first().waitFor();
  },
);

test.skipIf(process.platform === 'win32')(
  'another account is switched to in its place: nothing of the one before stays on the screen',
  async () => {
    const platform = await openPlatform();
    const [mayas, noors] = [createPersonsBrowser(maya), createPersonsBrowser(noor)];
    onTestFinished(() => [mayas, noors].forEach((browser) => browser.remove()));
    const profile = openProfile({ FAIRLEAD_BROWSER: mayas.program, FAIRLEAD_PLATFORM: platform.issuer });
    const desktop = await launch(profile);
    const page = await shown(desktop);
    page.setDefaultTimeout(patience.timeout);
    const hand = mouse(page);
    await ask(page, 'desktop:preferences.write', { firstRunDone: true });
    const signIns = async () => {
      const { stdout } = await profile.run(['status', '--json']);
      return (JSON.parse(stdout) as Snapshot).signIns;
    };
    expect(await ask(page, 'core:platform.login')).toMatchObject({ ok: true });
    const token = { name: 'backup', scopes: ['data:read'], days: 7 };
    expect(await ask(page, 'desktop:token.create', token)).toMatchObject({ ok: true });
    await go(hand, 'Accounts');
    await button(hand, 'Revoke… backup').waitFor();

    copyFileSync(noors.program, mayas.program);
    await hand.press(button(hand, 'Switch account…'));
    await page.getByText(noor.email).waitFor();
    await page.getByText('There are none yet.').waitFor();
    expect(await button(hand, 'Revoke… backup').count()).toBe(0);
    expect(await signIns()).toBe(2);
  },
);
