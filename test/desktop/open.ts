/** A desktop on a throw-away profile, ended with the test. */
import { expect, onTestFinished, vi, type TestContext } from 'vitest';
import type { Page } from 'playwright-core';
import type { DesktopBridge, Result } from '../../shared/desktop.ts';
import type { WindowEventName } from '../../shared/desktop-names.ts';
import { openProfile, type Profile } from '../support/fairlead.ts';
import { launchDesktop, type Desktop, type DesktopLaunch } from './desktop.ts';

declare global {
  interface Window {
    readonly fairlead: DesktopBridge;
  }
}

export const patience = { timeout: 30_000, interval: 50 };

export function open(env: Readonly<Record<string, string>> = {}): Profile {
  const profile = openProfile(env);
  onTestFinished(() => profile[Symbol.asyncDispose]());
  return profile;
}

export async function launch(profile: Profile, more: Partial<DesktopLaunch> = {}): Promise<Desktop> {
  const desktop = await launchDesktop({ env: profile.env, ...more });
  onTestFinished(() => desktop[Symbol.asyncDispose]());
  return desktop;
}

/** Waits until the one window can be seen. */
export async function shown(desktop: Desktop): Promise<Page> {
  await vi.waitFor(async () => expect(await desktop.windows()).toEqual([true]), patience);
  return desktop.window();
}

/** What the page is answered. @param what `core:<command>` or `desktop:<command>` */
export function ask(
  page: Page,
  what: `${'core' | 'desktop'}:${string}`,
  input: unknown = {},
): Promise<Result<unknown>> {
  const [area, name] = what.split(':') as ['core' | 'desktop', string];
  return page.evaluate(
    ([where, called, given]) => {
      const functions = window.fairlead[where] as Record<
        string,
        (input: unknown) => Promise<Result<unknown>>
      >;
      return functions[called]!(given);
    },
    [area, name, input] as const,
  );
}

/** Of a test that has failed: what could be seen then, and what there was to see. */
export async function tellFailure({ task }: Pick<TestContext, 'task'>, page: Page): Promise<void> {
  if (task.result?.state !== 'fail') return;
  console.error(await page.locator('body').innerText());
  console.error(JSON.stringify(await ask(page, 'core:status')));
}

/** Collects an event from now on, in the page, at `window.heard.<event>`. */
export async function listen(page: Page, event: WindowEventName): Promise<void> {
  await page.evaluate((name) => {
    const heard = ((globalThis as unknown as { heard?: Record<string, unknown[]> }).heard ??= {});
    const values = (heard[name] = [] as unknown[]);
    window.fairlead.subscribe(name, (value) => void values.push(value));
  }, event);
}

export function heard<T>(page: Page, event: string): Promise<T[]> {
  return page.evaluate(
    (name) => (globalThis as unknown as { heard: Record<string, T[]> }).heard[name] ?? [],
    event,
  );
}
