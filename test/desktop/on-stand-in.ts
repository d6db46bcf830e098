/** The desktop under plain Node with the stand-in for Electron's module, and its page in the system's Chromium. */
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium, type Browser, type Page } from 'playwright-core';
import { iconState, type Desktop, type DesktopLaunch, type MenuEntry } from './desktop.ts';

const standIn = resolve('test/support/electron/register.mjs');

export function openOnStandIn({ env, args = [], program = 'dist/main.js' }: DesktopLaunch): Desktop {
  const chromiumFolder = mkdtempSync(join(tmpdir(), 'fairlead-chromium-'));
  const child = fork(resolve(program), [...args], {
    env: { ...env, FAIRLEAD_TEST_CHROMIUM: chromiumFolder },
    execArgv: ['--import', standIn],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => void (stderr += chunk.toString('utf8')));
  const ended = once(child, 'exit').then(([status]) => status as number | null);
  const ask = createQuestions(child, () => stderr);
  let browser: Browser | undefined;
  let page: Page | undefined;

  return {
    async window() {
      while (page === undefined || page.isClosed()) {
        const port = await ask<number | undefined>('port');
        if (port !== undefined) {
          browser ??= await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
          page = browser
            .contexts()[0]
            ?.pages()
            .find((each) => each.url().includes('.app.test'));
        }
        await sleep(30);
      }
      return page;
    },
    windows: async () => (await ask<{ visible: boolean }[]>('windows')).map(({ visible }) => visible),
    closeWindow: () => ask('closeWindow'),
    enterFullScreen: () => ask('enterFullScreen'),
    inFullScreen: () => ask('inFullScreen'),
    tray: {
      menu: () => ask<MenuEntry[]>('menu'),
      icon: async () => iconState(basename(await ask<string>('icon'))),
      click: (...path) => ask('click', { path }),
    },
    notifications: () => ask('notifications'),
    clickNotification: (title) => ask('clickNotification', { title }),
    power: (event) => ask('power', { event }),
    openUrl: (url) => ask('openUrl', { url }),
    answer: (answer) => ask('answer', { answer }),
    boxes: () => ask('boxes'),
    opened: () => ask('opened'),
    clipboard: () => ask('clipboard'),
    tell: (event, values) => ask('send', { channel: `event:${event}`, value: values }),
    permission: (name) => ask('permission', { name }),
    async quit() {
      await ask('quit');
      await ended;
    },
    ended,
    stderr: () => stderr,
    async [Symbol.asyncDispose]() {
      await browser?.close().catch(() => undefined);
      // It ends its Chromium, and then itself.
      if (child.connected) child.disconnect();
      if ((await Promise.race([ended, sleep(10_000, 'late')])) === 'late') child.kill('SIGKILL');
      rmSync(chromiumFolder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

/** @returns its exit status */
export async function runOnStandIn({
  env,
  args = [],
  program = 'dist/main.js',
}: DesktopLaunch): Promise<number | null> {
  const child = spawn(process.execPath, ['--import', standIn, resolve(program), ...args], {
    env: { ...env },
    stdio: 'ignore',
  });
  const [status] = (await once(child, 'exit')) as [number | null];
  return status;
}

type Ask = <T = void>(question: string, given?: object) => Promise<T>;

function createQuestions(child: ChildProcess, stderr: () => string): Ask {
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  let last = 0;
  child.on('message', ({ id, value, error }: { id: number; value?: unknown; error?: string }) => {
    const question = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) question?.resolve(value);
    else question?.reject(new Error(error));
  });
  child.once('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error(`The desktop has ended. ${stderr()}`));
  });
  return <T>(question: string, given = {}) =>
    new Promise<T>((resolve, reject) => {
      last += 1;
      waiting.set(last, { resolve: (value) => resolve(value as T), reject });
      child.send({ id: last, ask: question, ...given }, (failed) => {
        if (failed !== null) reject(new Error(`The desktop has ended. ${stderr()}`));
      });
    });
}
