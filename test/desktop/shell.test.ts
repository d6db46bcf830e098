import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import type { DesktopState, Place, Preferences } from '../../shared/desktop.ts';
import { openContainer } from '../demo/container/running.ts';
import { endProcesses, processesOf } from '../support/processes.ts';
import { startAnother } from './desktop.ts';
import { heard, launch, listen, open, patience, shown } from './open.ts';

const { version } = manifest;

test('opens one window on the page, with a core of its own, and leaves nothing behind when it quits', async () => {
  const profile = open();
  const desktop = await launch(profile);
  await shown(desktop);
  await expect.poll(() => profile.cores().length, patience).toBe(1);
  await desktop.quit();
  expect(await desktop.ended).toBe(0);
  await vi.waitFor(() => expect(processesOf(profile.home)).toEqual([]), patience);
  expect(existsSync(join(profile.home, 'core.json'))).toBe(false);
});

test('joins a core that runs, and leaves it to its others when it quits', async () => {
  const profile = open();
  expect(await profile.run(['core'])).toMatchObject({ status: 0 });
  const cores = profile.cores();
  const desktop = await launch(profile);
  const page = await shown(desktop);
  await listen(page, 'state');
  await expect
    .poll(async () => (await heard<DesktopState>(page, 'state')).at(-1)?.core.status, patience)
    .toBe('running');
  await desktop.quit();
  expect(profile.cores()).toEqual(cores);
});

test('starts the core again when it is killed, and the window hears of both', async () => {
  const profile = open();
  const desktop = await launch(profile);
  const page = await shown(desktop);
  await listen(page, 'state');
  await listen(page, 'snapshot');
  const states = async () => (await heard<DesktopState>(page, 'state')).map(({ core }) => core.status);
  await expect.poll(async () => (await states()).at(-1), patience).toBe('running');
  const [first] = profile.cores();
  await endProcesses(() => profile.cores().filter((pid) => pid === first), 0);
  await expect.poll(states, patience).toContain('lost');
  await expect.poll(async () => (await states()).at(-1), patience).toBe('running');
  const pids = async () =>
    (await heard<{ core: { pid: number } }>(page, 'snapshot')).map(({ core }) => core.pid);
  await expect.poll(async () => (await pids()).at(-1), patience).toBe(profile.cores()[0]);
  expect(profile.cores()).not.toContain(first);
});

// Windows has no signal of the kind.
test.skipIf(process.platform === 'win32')(
  'outlives a fatal error of the core’s engine, and starts it again',
  async () => {
    const profile = open();
    const desktop = await launch(profile, { args: ['--hidden'] });
    await expect
      .poll(() => desktop.tray.menu(), patience)
      .toContainEqual(expect.objectContaining({ label: 'Fairlead: no containers yet' }));
    const [first = 0] = profile.cores();
    process.kill(first, 'SIGTRAP');
    await expect.poll(() => profile.cores().filter((pid) => pid !== first), patience).toHaveLength(1);
    await desktop.quit();
    expect(await desktop.ended).toBe(0);
    expect(desktop.stderr()).toBe('');
  },
);

test('replaces a core that an older version has left, and leaves the next one alone', async () => {
  const profile = open();
  const folder = mkdtempSync(resolve('dist', 'other-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const file of readdirSync('dist').filter((name) => /^core(-[\w-]+)?\.js$/.test(name))) {
    const text = readFileSync(join('dist', file), 'utf8');
    writeFileSync(join(folder, file), text.replaceAll(`"${version}"`, '"0.0.1"'));
  }
  const other = spawn(process.execPath, [join(folder, 'core.js')], { env: profile.env, stdio: 'ignore' });
  const ended = once(other, 'exit');
  await profile.corePid();
  const desktop = await launch(profile);
  const page = await shown(desktop);
  await listen(page, 'snapshot');
  await ended;
  const versions = async () =>
    (await heard<{ core: { version: string } }>(page, 'snapshot')).map(({ core }) => core.version);
  await expect.poll(async () => (await versions()).at(-1), patience).toBe(version);
  expect(await versions()).not.toContain('0.0.1');
});

test('is there once: another start shows its window, and hands over its link', async () => {
  const profile = open();
  const desktop = await launch(profile, { args: ['--hidden'] });
  await expect.poll(() => profile.cores().length, patience).toBe(1);
  expect(await desktop.windows()).toEqual([]);
  expect(await startAnother({ env: profile.env })).toBe(0);
  const page = await shown(desktop);
  await listen(page, 'place');
  const link = 'fairlead://add?url=https%3A%2F%2Fexample.com%2Fmcp&name=notes';
  expect(await startAnother({ env: profile.env, args: [link] })).toBe(0);
  await expect
    .poll(() => heard<Place>(page, 'place'), patience)
    .toEqual([{ place: 'add', url: 'https://example.com/mcp', name: 'notes' }]);
  expect(await desktop.windows()).toEqual([true]);
});

test('closing the window leaves the tray, which opens it again', async () => {
  const profile = open();
  const desktop = await launch(profile);
  await shown(desktop);
  await desktop.closeWindow();
  expect(await desktop.windows()).toEqual([false]);
  await desktop.tray.click('Open Fairlead');
  await shown(desktop);
  const kept: unknown = JSON.parse(readFileSync(join(profile.home, 'desktop', 'desktop.json'), 'utf8'));
  expect(kept).toMatchObject({ window: { width: 960, height: 640, maximized: false } });
});

test('closing the window in full screen leaves that first', async () => {
  const desktop = await launch(open());
  await shown(desktop);
  await desktop.enterFullScreen();
  await expect.poll(() => desktop.inFullScreen(), patience).toBe(true);
  await desktop.closeWindow();
  await expect.poll(() => desktop.windows(), patience).toEqual([false]);
  expect(await desktop.inFullScreen()).toBe(false);
});

test('what went by while the window was hidden is there when it is shown again', async () => {
  const container = await openContainer();
  const profile = open();
  await profile.run(['add', 'notes', container.url, '--auth', 'none', '--no-probe']);
  const desktop = await launch(profile);
  const page = await shown(desktop);
  await listen(page, 'activity');
  const methods = async () =>
    (await heard<{ tool?: string; phase: string }>(page, 'activity'))
      .filter(({ phase }) => phase === 'done')
      .flatMap(({ tool }) => tool ?? []);
  expect(await profile.run(['call', 'notes', 'list_notes'])).toMatchObject({ status: 0 });
  await expect.poll(methods, patience).toEqual(['list_notes']);
  await desktop.closeWindow();
  expect(await profile.run(['call', 'notes', 'add_note', '{"title": "t", "text": "x"}'])).toMatchObject({
    status: 0,
  });
  expect(await methods()).toEqual(['list_notes']);
  await desktop.tray.click('Open Fairlead');
  await expect.poll(async () => new Set(await methods()), patience).toContain('add_note');
});

test('a link opens the window where it leads, and nothing is added; another link does nothing', async () => {
  const profile = open();
  const desktop = await launch(profile, { args: ['--hidden'] });
  await expect.poll(() => profile.cores().length, patience).toBe(1);
  await desktop.openUrl('fairlead://remove?name=notes');
  await desktop.openUrl('fairlead://add?url=javascript:alert(1)');
  expect(await desktop.windows()).toEqual([]);
  await desktop.openUrl('fairlead://add?url=https%3A%2F%2Fexample.com%2Fmcp');
  const page = await shown(desktop);
  await expect
    .poll(() => page.getByRole('textbox', { name: 'Address' }).inputValue(), patience)
    .toBe('https://example.com/mcp');
  expect((await profile.run(['list'])).stdout).toContain('No containers yet');
});

test('tells the core that the machine has woken up', async () => {
  const profile = open();
  const desktop = await launch(profile, { args: ['--hidden'] });
  await expect.poll(() => profile.cores().length, patience).toBe(1);
  await expect
    .poll(() => desktop.tray.menu(), patience)
    .toContainEqual(expect.objectContaining({ label: 'Fairlead: no containers yet' }));
  await desktop.power('resume');
  await desktop.power('unlock-screen');
  // Once, though two things happened.
  const told = async () => (await profile.run(['logs'])).stdout.match(/core\.reconnect/g) ?? [];
  await expect.poll(told, patience).toHaveLength(1);
});

test('remembers what the person prefers, and starts with their session where they say so', async () => {
  const profile = open();
  const autostart = join(profile.home, '.config', 'autostart', 'fairlead.desktop');
  const first = await launch(profile);
  const page = await shown(first);
  const write = (changes: Partial<Preferences>) =>
    page.evaluate((given) => window.fairlead.desktop['preferences.write'](given), changes);
  expect(await write({ theme: 'dark', launchAtLogin: true })).toMatchObject({
    ok: true,
    output: { theme: 'dark', notifications: true, launchAtLogin: true },
  });
  if (process.platform === 'linux') expect(readFileSync(autostart, 'utf8')).toMatch(/^Exec=.* "--hidden"$/m);
  await first.quit();
  const second = await launch(profile);
  const again = await shown(second);
  expect(await again.evaluate(() => window.fairlead.desktop.state({}))).toMatchObject({
    ok: true,
    output: { theme: 'dark', preferences: { theme: 'dark', launchAtLogin: true } },
  });
  await again.evaluate(() => window.fairlead.desktop['preferences.write']({ launchAtLogin: false }));
  expect(existsSync(autostart)).toBe(false);
});

test('a file of preferences that cannot be read is left as it is', async () => {
  const profile = open();
  const file = join(profile.home, 'desktop', 'desktop.json');
  mkdirSync(join(profile.home, 'desktop'), { mode: 0o700 });
  writeFileSync(file, '{ "preferences": { "theme": ', { mode: 0o600 });
  const desktop = await launch(profile);
  const page = await shown(desktop);
  const written = await page.evaluate(() => window.fairlead.desktop['preferences.write']({ theme: 'dark' }));
  expect(written).toMatchObject({ ok: true, output: { theme: 'dark' } });
  await desktop.quit();
  expect(readFileSync(file, 'utf8')).toBe('{ "preferences": { "theme": ');
});
