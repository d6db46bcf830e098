/** What axe finds in the page as it is, in both themes. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as axeCore from 'axe-core';
import type { Page } from 'playwright-core';

const script = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** @returns a line for each element that violates a rule. The page stays dark and still. */
export async function violations(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(script);
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    // What fades in is judged as it is in the end.
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const violated = await page.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: typeof axeCore };
      return (await axe.run({ resultTypes: ['violations'] })).violations;
    });
    found.push(
      ...violated.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${colorScheme}: ${id}: ${html}`)),
    );
  }
  return found;
}
