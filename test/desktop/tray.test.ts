import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hostedPids } from '../demo/platform/hosted.ts';
import { maya, openPlatform } from '../demo/platform/running.ts';
import { createPersonsBrowser } from '../support/persons-browser.ts';
import { ordinaryServer, scriptListener, startScriptedServer } from '../support/scripted-server.ts';
import { createTlsAuthority } from '../support/tls-authority.ts';
import { startTlsServer } from '../support/web-server.ts';
import type { Desktop, MenuEntry } from './desktop.ts';
import { launch, open, patience, shown } from './open.ts';

/** The person's browser is a script of the shell's. */
const withoutBrowser = process.platform === 'win32';

/** The labels of the menu's own lines. */
async function lines(desktop: Desktop): Promise<string[]> {
  const menu = await desktop.tray.menu();
  return menu.map((entry) => (entry === 'separator' ? '─' : entry.label));
}

const says = (desktop: Desktop, line: string | RegExp) =>
  expect
    .poll(() => lines(desktop), patience)
    .toContainEqual(line instanceof RegExp ? expect.stringMatching(line) : line);

async function submenu(desktop: Desktop, label: string): Promise<string[]> {
  const found = (await desktop.tray.menu()).find(
    (entry): entry is Exclude<MenuEntry, 'separator'> => entry !== 'separator' && entry.label.includes(label),
  );
  return (found?.submenu ?? []).map((entry) => (entry === 'separator' ? '─' : entry.label));
}

test.skipIf(withoutBrowser)(
  'from the tray alone: sign in, start a hosted container, stop it, pause, resume, sign out',
  { timeout: 200_000 },
  async () => {
    const platform = await openPlatform({});
    const id = await platform.host({ userId: maya.id, name: 'notes' });
    const browser = createPersonsBrowser(maya);
    onTestFinished(() => browser.remove());
    const profile = open({ FAIRLEAD_BROWSER: browser.program, FAIRLEAD_PLATFORM: platform.issuer });
    const desktop = await launch(profile, { args: ['--hidden'] });
    await says(desktop, 'Fairlead: no containers yet');
    expect(await desktop.tray.icon()).toBe('idle');

    await desktop.tray.click('Sign in…');
    await says(desktop, maya.email);
    await says(desktop, '○ notes\u2003Asleep');
    await says(desktop, 'Fairlead: 1 container, all well');

    await desktop.tray.click('notes', 'Start');
    await expect.poll(() => hostedPids(id).length, patience).toBe(1);
    await expect.poll(() => submenu(desktop, 'notes'), patience).toContain('Stop');
    await desktop.tray.click('notes', 'Stop');
    await says(desktop, '○ notes\u2003Asleep');
    expect(hostedPids(id)).toEqual([]);

    await desktop.tray.click('Pause all traffic');
    await says(desktop, 'Fairlead: all traffic is paused');
    await expect.poll(() => desktop.tray.icon(), patience).toBe('paused');
    expect((await profile.run(['status'])).stdout).toMatch(/paused/i);
    await desktop.tray.click('Resume traffic');
    await says(desktop, 'Fairlead: 1 container, all well');

    await desktop.tray.click(maya.email, 'Sign out');
    await says(desktop, 'Sign in…');
    expect(await desktop.boxes()).toEqual([]);
  },
);

test('writes a client’s config from the tray once the person has seen what changes', async () => {
  const profile = open();
  expect(
    await profile.run(['add', 'notes', 'http://127.0.0.1:9/mcp', '--auth', 'none', '--no-probe']),
  ).toMatchObject({ status: 0 });
  const config = join(profile.home, '.cursor', 'mcp.json');
  mkdirSync(join(profile.home, '.cursor'));
  const desktop = await launch(profile, { args: ['--hidden'] });
  await expect
    .poll(async () => JSON.stringify(await desktop.tray.menu()), patience)
    .toContain('"label":"Cursor"');

  await desktop.answer({ response: 1 });
  await desktop.tray.click('notes', 'Add to a client', 'Cursor');
  await expect.poll(() => desktop.boxes(), patience).toHaveLength(1);
  expect(await desktop.boxes()).toMatchObject([
    { message: 'Add notes to Cursor?', detail: expect.stringMatching(/^\+.*"notes"/m) as string },
  ]);
  expect(existsSync(config)).toBe(false);

  await desktop.answer({ response: 0 });
  await desktop.tray.click('notes', 'Add to a client', 'Cursor');
  await expect
    .poll(() => (existsSync(config) ? readFileSync(config, 'utf8') : ''), patience)
    .toMatch(/"args": \[\s*"[^"]*stdio\.cjs",\s*"stdio",\s*"notes"\s*\]/);

  await desktop.tray.click('notes', 'Copy config');
  await expect.poll(() => desktop.clipboard(), patience).toContain('"notes"');
});

test('what needs the person is told once, and a click leads there', async () => {
  const authority = createTlsAuthority();
  onTestFinished(() => authority[Symbol.dispose]());
  const first = authority.issue();
  const script = scriptListener(ordinaryServer(() => false));
  await using server = await startTlsServer({ cert: first.cert, key: first.key }, script);
  const profile = open();
  const desktop = await launch(profile, { args: ['--hidden'] });
  await says(desktop, 'Fairlead: no containers yet');
  expect(await profile.run(['add', 'box', server.url.href, '--ca', authority.caFile])).toMatchObject({
    status: 0,
  });
  expect(await profile.run(['pin', 'accept', 'box'])).toMatchObject({ status: 0 });
  const client = profile.endpoint(['box']);
  await client.open();
  expect(await client.request('tools/list')).toHaveProperty('result');
  expect(await desktop.notifications()).toEqual([]);

  server.recertify(authority.issue());
  for (const socket of server.sockets) socket.destroy();
  expect(await client.request('tools/list')).toHaveProperty('error');
  await says(desktop, 'Fairlead: box: Its key has changed');
  expect(await desktop.tray.icon()).toBe('needs-you');
  expect(await client.request('tools/list')).toHaveProperty('error');
  expect(await desktop.notifications()).toMatchObject([{ title: 'box shows another key' }]);
  await desktop.clickNotification('box shows another key');
  const page = await shown(desktop);
  await page.getByRole('heading', { name: 'box' }).waitFor();
  await page.getByRole('tab', { name: 'Security', selected: true }).waitFor();
});

test('quitting is quiet, however long a container takes to end a session', async () => {
  let ended = 0;
  const script = ordinaryServer((request) => {
    if (request.method !== 'DELETE') return false;
    // The first one at once, so that there is news while the next one ends.
    setTimeout(() => request.status(200), ended === 0 ? 0 : 2_000);
    ended += 1;
    return true;
  });
  await using server = await startScriptedServer(script);
  const profile = open();
  const desktop = await launch(profile, { args: ['--hidden'] });
  await says(desktop, 'Fairlead: no containers yet');
  const add = ['add', 'box', server.url.href, '--auth', 'none', '--no-probe'];
  expect(await profile.run(add)).toMatchObject({ status: 0 });
  const clients = [profile.endpoint(['box']), profile.endpoint(['box'])];
  for (const client of clients) {
    await client.open();
    expect(await client.request('tools/list')).toHaveProperty('result');
  }
  await says(desktop, '● box\u2003Connected · 2 clients');
  await desktop.quit();
  expect(await desktop.ended).toBe(0);
  expect(desktop.stderr()).toBe('');
  expect(ended).toBe(2);
});

test('to sign in where no platform is known leads to where it is chosen', async () => {
  const desktop = await launch(open(), { args: ['--hidden'] });
  await says(desktop, 'Fairlead: no containers yet');
  await desktop.tray.click('Sign in…');
  const page = await shown(desktop);
  await page.getByRole('textbox', { name: 'Platform' }).waitFor();
  expect(await desktop.boxes()).toEqual([]);
});

test('what fails is said without an option of a command', async () => {
  const profile = open();
  mkdirSync(join(profile.home, '.cursor'));
  const entries = { mcpServers: { notes: { command: 'another' } } };
  writeFileSync(join(profile.home, '.cursor', 'mcp.json'), JSON.stringify(entries));
  const add = ['add', 'notes', 'http://127.0.0.1:9/mcp', '--auth', 'none', '--no-probe'];
  expect(await profile.run(add)).toMatchObject({ status: 0 });
  const desktop = await launch(profile, { args: ['--hidden'] });
  await expect
    .poll(async () => JSON.stringify(await desktop.tray.menu()), patience)
    .toContain('"label":"Cursor"');
  await desktop.tray.click('notes', 'Add to a client', 'Cursor');
  await expect
    .poll(() => desktop.boxes(), patience)
    .toEqual([{ kind: 'message', type: 'error', message: 'Cursor has another entry named "notes".' }]);
});
