/** Maya at her desk, for the length of a test: a profile, and the browser that she signs in with. */
import { onTestFinished } from 'vitest';
import { maya } from '../demo/platform/running.ts';
import { openProfile, type Profile } from './fairlead.ts';
import { createPersonsBrowser, type PersonsBrowser } from './persons-browser.ts';

/** @param env of her programs, besides the browser */
export function openMayas(env: NodeJS.ProcessEnv = {}): Profile & { readonly browser: PersonsBrowser } {
  const browser = createPersonsBrowser(maya);
  onTestFinished(() => browser.remove());
  return Object.assign(openProfile({ ...env, FAIRLEAD_BROWSER: browser.program }), { browser });
}
