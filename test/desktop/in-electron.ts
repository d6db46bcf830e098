/** The desktop in Electron itself. What the system would show is recorded by recorder.cjs, which is loaded before main. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { _electron as electron } from 'playwright-core';
import { iconState, type Desktop, type DesktopLaunch, type MenuEntry } from './desktop.ts';

/** The recorder's side, as it stands in Electron's main process. */
interface Recorder {
  ask(question: string, given: object): unknown;
}

/** What a program needs to be shown at all. */
const screen = /^(DISPLAY|XAUTHORITY|WAYLAND_DISPLAY|XDG_RUNTIME_DIR|DBUS_SESSION_BUS_ADDRESS)$/;

const environment = (env: DesktopLaunch['env']) => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => screen.test(name))),
  ...env,
});

/** @returns its exit status */
export async function runInElectron(
  program: string,
  { env, args = [] }: DesktopLaunch,
): Promise<number | null> {
  const child = spawn(program, [resolve('.'), ...args], { env: environment(env), stdio: 'ignore' });
  const [status] = (await once(child, 'exit')) as [number | null];
  return status;
}

export async function openInElectron(executablePath: string, launch: DesktopLaunch): Promise<Desktop> {
  const { env, args = [] } = launch;
  const app = await electron.launch({
    executablePath,
    args: ['-r', resolve('test/support/electron/recorder.cjs'), resolve('.'), ...args],
    env: environment(env) as Record<string, string>,
    // The theme is the desktop's.
    colorScheme: null,
    ...(process.platform === 'linux' && { chromiumSandbox: process.getuid?.() !== 0 }),
  });
  const child = app.process();
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const ended = new Promise<number | null>((settle) => child.once('exit', settle));
  const ask = <T = void>(question: string, given: object = {}): Promise<T> =>
    app.evaluate(
      (_, [asked, how]) => (globalThis as unknown as { recorder: Recorder }).recorder.ask(asked, how) as T,
      [question, given] as const,
    );

  return {
    window: () => app.firstWindow(),
    windows: () => ask<boolean[]>('windows'),
    closeWindow: () => ask('closeWindow'),
    enterFullScreen: () => ask('enterFullScreen'),
    inFullScreen: () => ask('inFullScreen'),
    tray: {
      menu: () => ask<MenuEntry[]>('menu'),
      icon: async () => iconState(await ask<string>('icon')),
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
    async permission(name) {
      const page = await app.firstWindow();
      const state = await page.evaluate(
        (asked) =>
          navigator.permissions.query({ name: asked as PermissionName }).then((status) => status.state),
        name,
      );
      return state === 'granted';
    },
    async quit() {
      await ask('quit');
      await ended;
    },
    ended,
    stderr: () => stderr,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await Promise.race([ended, sleep(5_000)]);
    },
  };
}
