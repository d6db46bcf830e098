/** One desktop for all stories of a file, past the first run: each story finds it without containers. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, vi } from 'vitest';
import { openProfile, type Profile } from '../../support/fairlead.ts';
import { launchDesktop, type Desktop } from '../desktop.ts';
import { ask, patience, tellFailure } from '../open.ts';

export interface SharedDesktop {
  readonly profile: Profile;
  readonly desktop: Desktop;
  readonly page: Page;
}

/** @param env what else is in its environment @returns for use inside of tests */
export function withDesktop(env: () => Readonly<Record<string, string>> = () => ({})): () => SharedDesktop {
  let shared: SharedDesktop | undefined;
  beforeAll(async () => {
    const profile = openProfile(env());
    const desktop = await launchDesktop({ env: profile.env });
    const page = await desktop.window();
    page.setDefaultTimeout(patience.timeout);
    shared = { profile, desktop, page };
    await vi.waitFor(async () => expect(await desktop.windows()).toEqual([true]), patience);
    await ask(page, 'desktop:preferences.write', { firstRunDone: true });
    await page.getByRole('navigation', { name: 'Places' }).waitFor();
  });
  afterEach(async (test) => {
    if (shared === undefined) return;
    const { page } = shared;
    await tellFailure(test, page);
    for (const name of await namesOf(page)) await ask(page, 'core:containers.remove', { name });
    await page.keyboard.press('Escape');
  });
  afterAll(async () => {
    await shared?.desktop[Symbol.asyncDispose]();
    await shared?.profile[Symbol.asyncDispose]();
  });
  return () => {
    if (shared === undefined) throw new Error('There is no desktop outside of a test.');
    return shared;
  };
}

/** The containers that are saved. */
export async function namesOf(page: Page): Promise<string[]> {
  const answer = await ask(page, 'core:containers.list');
  if (!answer.ok) throw new Error(answer.error.message);
  return (answer.output as { name: string }[]).map(({ name }) => name);
}
