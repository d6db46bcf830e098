import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { chooseBrowser } from '../../../demo/tour/browser.ts';

const kindOf = (env: NodeJS.ProcessEnv, platform: NodeJS.Platform = 'linux') =>
  chooseBrowser(env, platform).kind;

function folderWithOpener(): string {
  const folder = mkdtempSync(join(tmpdir(), 'opener-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'xdg-open'), '');
  chmodSync(join(folder, 'xdg-open'), 0o700);
  return folder;
}

test('takes the person’s own browser on a desktop', () => {
  const PATH = folderWithOpener();
  expect(kindOf({ DISPLAY: ':0', PATH })).toBe('own');
  expect(kindOf({ WAYLAND_DISPLAY: 'wayland-0', PATH })).toBe('own');
  expect(kindOf({ DISPLAY: ':0', BROWSER: 'firefox' })).toBe('own');
  expect(kindOf({}, 'darwin')).toBe('own');
  expect(kindOf({}, 'win32')).toBe('own');
});

test('takes a scripted one where nobody would see a page', () => {
  const PATH = folderWithOpener();
  expect(kindOf({ PATH })).toBe('scripted');
  expect(kindOf({ PATH, DISPLAY: '' })).toBe('scripted');
  expect(kindOf({ PATH, BROWSER: 'lynx' })).toBe('scripted');
  expect(kindOf({ DISPLAY: ':0', PATH: '/nonexistent' })).toBe('scripted');
  expect(kindOf({ CI: 'true' }, 'darwin')).toBe('scripted');
  expect(kindOf({ CI: 'false' }, 'darwin')).toBe('own');
});
