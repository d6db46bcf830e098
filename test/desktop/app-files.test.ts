import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { answerApp } from '../../electron/desktop/app-files.ts';

function openFolder(): string {
  const outer = mkdtempSync(join(tmpdir(), 'fairlead-page-'));
  onTestFinished(() => rmSync(outer, { recursive: true }));
  const folder = join(outer, 'page');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'index.html'), '<!doctype html>');
  writeFileSync(join(folder, 'assets', 'main.js'), 'void 0;');
  writeFileSync(join(folder, 'notes.txt'), 'not of the page');
  writeFileSync(join(outer, 'main.js'), 'secret');
  return folder;
}

test('a file of the page comes with its type and the policy', async () => {
  const folder = openFolder();
  const page = await answerApp(new Request('app://fairlead/index.html'), folder);
  expect(page.status).toBe(200);
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toMatch(/^default-src 'none';/);
  expect(policy).not.toMatch(/unsafe|\*|https?:|data:|blob:/);
  expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  const script = await answerApp(new Request('app://fairlead/assets/main.js?v=1'), folder);
  expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
});

test.for([
  'app://fairlead/../main.js',
  'app://fairlead/%2e%2e/main.js',
  'app://fairlead/..%2fmain.js',
  'app://fairlead/%2e%2e%2fmain.js',
  'app://fairlead/assets/..%2f..%2fmain.js',
  'app://fairlead/..%5cmain.js',
  'app://fairlead/main.js%00.html',
  'app://fairlead/%E0%A4%A',
  'app://fairlead/notes.txt',
  'app://fairlead/assets',
  'app://fairlead/',
  'app://fairlead/nowhere.js',
  'app://other/index.html',
])('%s is not there', async (url) => {
  expect((await answerApp(new Request(url), openFolder())).status).toBe(404);
});

test('nothing is answered but GET', async () => {
  const request = new Request('app://fairlead/index.html', { method: 'POST' });
  expect((await answerApp(request, openFolder())).status).toBe(404);
});
