import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  browserArgument,
  openBrowser,
  openerOf,
} from '../../../electron/credentials/sign-in/open-browser.ts';

/** A program that writes down its arguments. */
function recorder() {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-opener-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const program = join(folder, 'browser');
  const record = join(folder, 'arguments');
  writeFileSync(
    program,
    `#!/bin/sh\nprintf '%s\\n' "$#" "$@" > '${record}.part' && mv '${record}.part' '${record}'\n`,
  );
  chmodSync(program, 0o755);
  const read = async () => {
    await vi.waitFor(() => expect(existsSync(record)).toBe(true), { timeout: 40_000 });
    return readFileSync(record, 'utf8').trim().split('\n');
  };
  return { program, folder, read };
}

test('gives the program one argument, with what a shell would take for its own escaped', async () => {
  const { program, folder, read } = recorder();
  const marker = join(folder, 'marker');
  const url = new URL(`https://as.example/authorize?a=$(touch ${marker})&b=\`id\`;id|id&c='"<>`);
  openBrowser(url, { env: { FAIRLEAD_BROWSER: program }, unopened: () => undefined });
  const [count, argument = ''] = await read();
  expect(count).toBe('1');
  expect(argument).toMatch(/^https:\/\/as\.example\/authorize\?[\w%&=.\-/,:+~?#@]*$/);
  expect(new URL(argument).searchParams.get('a')).toBe(`$(touch ${marker})`);
  expect(existsSync(marker)).toBe(false);
});

test('opens nothing but https, and http on this machine', () => {
  const unopened = vi.fn();
  for (const text of [
    'file:///etc/passwd',
    'javascript:alert(1)',
    'http://as.example/authorize',
    'https://user:pass@as.example/authorize',
    'smb://server/share',
    'data:text/html,x',
  ]) {
    expect(() => openBrowser(new URL(text), { env: { FAIRLEAD_BROWSER: 'none' }, unopened }), text).toThrow(
      'not one to open',
    );
  }
  expect(unopened).not.toHaveBeenCalled();
  expect(browserArgument(new URL('http://127.0.0.1:1/a'))).toBe('http://127.0.0.1:1/a');
});

test('tells the URL where no browser is wanted, there is none, or it fails', async () => {
  const url = new URL('https://as.example/authorize');
  for (const env of [
    { FAIRLEAD_BROWSER: 'none' },
    { BROWSER: 'none' },
    { FAIRLEAD_BROWSER: '/nonexistent/browser' },
    { FAIRLEAD_BROWSER: '/bin/false' },
  ]) {
    const told: string[] = [];
    openBrowser(url, { env, unopened: (text) => void told.push(text) });
    await vi.waitFor(() => expect(told).toEqual([url.href]), { timeout: 40_000 });
    await wait(20);
    expect(told.length).toBe(1);
  }
});

test('chooses FAIRLEAD_BROWSER, then BROWSER, then the system’s own opener', () => {
  const both = { FAIRLEAD_BROWSER: '/a b/own', BROWSER: 'usual' };
  expect(openerOf(both, 'linux')).toEqual({ program: '/a b/own', args: [] });
  expect(openerOf({ BROWSER: 'first:second' }, 'linux')?.program).toBe('first');
  expect(openerOf({ BROWSER: 'firefox %s' }, 'linux')?.program).toBe('xdg-open');
  expect(openerOf({}, 'darwin')?.program).toBe('/usr/bin/open');
  expect(openerOf({}, 'win32')).toEqual({ program: 'rundll32.exe', args: ['url.dll,FileProtocolHandler'] });
});
